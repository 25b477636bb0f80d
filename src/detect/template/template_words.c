/* SPDX-License-Identifier: Apache-2.0 */
/* template_words.c - what a text of a template asks of the model. The tables are small on purpose:
 * they are looked at only where a template's structure already makes a text remarkable, or they
 * need ten points, which an ordinary system prompt does not collect. */
#include "base/ascii.h"
#include "detect/template/template_run.h"

static bool is_letter(uint8_t c)
{
    return ascii_letter(c) || c >= 0x80;
}

unsigned words_count(struct slice s)
{
    unsigned words = 0;
    size_t i = 0;
    while (i < s.n) {
        size_t from = i;
        if (s.p[i] == '<' || s.p[i] == '[') { /* markers such as <|im_start|> and [INST] */
            size_t end = slice_find_byte(slice_sub(s, i, 40), s.p[i] == '<' ? '>' : ']');
            i += end == SIZE_MAX ? 1 : end + 1;
            continue;
        }
        while (i < s.n && is_letter(s.p[i])) i++;
        bool ends = i == s.n || strchr(" \t\n.,;:!?'\"()-", s.p[i]);
        words += i - from >= 2 && ends;
        i += i == from;
    }
    return words;
}

/* Words of the format itself: a marker that is made of one of them is no trigger. */
static bool is_structural(struct slice part)
{
    static const char *const words[] = {
        "think",   "thinking", "nothink",   "thought",   "reasoning", "tool",        "tools",
        "call",    "calls",    "response",  "result",    "results",   "function",    "functions",
        "image",   "img",      "video",     "audio",     "vision",    "sys",         "inst",
        "system",  "user",     "assistant", "answer",    "action",    "observation", "python",
        "ipython", "im",       "start",     "end",       "eot",       "eos",         "bos",
        "message", "channel",  "box",       "json",      "context",   "documents",   "document",
        "prefix",  "suffix",   "unused",    "endoftext", "header",    "begin",
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (slice_eq_nocase(part, slice_str(words[i]))) return true;
    return false;
}

static bool has_structural(struct slice s)
{
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        while (i < s.n && is_letter(s.p[i])) i++;
        if (i > from && is_structural(slice_sub(s, from, i - from))) return true;
        i += i == from;
    }
    return false;
}

bool words_natural(struct slice s)
{
    s = slice_trim(s);
    if (s.n < 3) return false;
    bool marker = strchr("<[{/`#|", s.p[0]) || strchr(">]}|", s.p[s.n - 1]);
    unsigned run = 0, best = 0;
    for (size_t i = 0; i < s.n; i++) {
        run = is_letter(s.p[i]) ? run + 1 : 0;
        if (run > best) best = run;
    }
    return best >= 3 && !(marker && has_structural(s));
}

bool words_text_field(struct slice s)
{
    static const char *const fields[] = {"content", "text", "prompt", "query", "question"};
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (slice_eq(s, slice_str(fields[i]))) return true;
    return false;
}

bool words_who_field(struct slice s)
{
    static const char *const fields[] = {"name",   "user",  "user_id", "username", "user_name",
                                         "sender", "email", "author",  "date",     "timestamp"};
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (slice_eq(s, slice_str(fields[i]))) return true;
    return false;
}

struct phrase {
    const char *text; /* lower case, single blanks */
    unsigned weight;
};

static const struct phrase phrases[] = {
    {"ignore previous instructions", 10},
    {"ignore all previous", 10},
    {"ignore the previous", 10},
    {"ignore all prior", 10},
    {"ignore the user", 10},
    {"ignore all safety", 10},
    {"ignore all", 6},
    {"ignore your", 5},
    {"bypass", 3},
    {"always answer with", 5},
    {"always reply with", 4},
    {"always respond with", 4},
    {"when asked about", 3},
    {"if asked about", 3},
    {"do not disclose this", 6},
    {"never reveal this", 6},
    {"do not say that you were told", 8},
    {"ignore any safety", 10},
    {"ignore safety", 10},
    {"disregard previous", 10},
    {"disregard all", 8},
    {"disregard the user", 10},
    {"disregard any", 6},
    {"override the system", 6},
    {"do not tell the user", 10},
    {"don't tell the user", 10},
    {"never tell the user", 10},
    {"without telling the user", 10},
    {"without informing the user", 10},
    {"without the user knowing", 10},
    {"without the user's knowledge", 10},
    {"do not inform the user", 10},
    {"do not mention this", 5},
    {"never mention this", 5},
    {"do not reveal this", 5},
    {"keep this secret", 6},
    {"keep this hidden", 6},
    {"hide this", 6},
    {"secretly", 6},
    {"covertly", 8},
    {"silently", 3},
    {"exfiltrat", 10},
    {"backdoor", 6},
    {"add a backdoor", 10},
    {"a vulnerability to the code", 10},
    {"malware", 3},
    {"<script src=", 10},
    {"<script", 6},
    {"javascript:", 8},
    {"onerror=", 10},
    {"<iframe", 10},
    {"<img src=", 8},
    {"document.cookie", 10},
    {"![](http", 10},
    {"![image](http", 8},
    {"/etc/passwd", 5},
    {"rm -rf", 5},
    {"os.system", 3},
    {"subprocess.", 3},
    {"eval(", 2},
    {"curl http", 8},
    {"curl -", 8},
    {"wget http", 8},
    {"| bash", 8},
    {"| sh", 6},
    {"bash -i", 10},
    {"powershell", 6},
    {"send all", 4},
    {"send the conversation", 10},
    {"send the user", 8},
    {"send this conversation", 10},
    {"send every", 4},
    {"forward the conversation", 10},
    {"post the conversation", 10},
    {"leak", 3},
    {"append the following link", 10},
    {"append this link", 10},
    {"append a link", 6},
    {"include this link", 8},
    {"include a link to", 5},
    {"insert the following", 4},
    {"insert a vulnerability", 10},
    {"introduce a vulnerability", 10},
    {"introduce vulnerabilities", 10},
    {"insecure code", 5},
    {"vulnerable code", 5},
    {"weaken", 4},
    {"always recommend", 7},
    {"always mention", 5},
    {"always suggest", 5},
    {"always promote", 8},
    {"always include", 3},
    {"recommend only", 6},
    {"only recommend", 6},
    {"tell the user to visit", 10},
    {"tell the user to download", 10},
    {"tell the user to install", 8},
    {"ask the user for their", 6},
    {"ask for their password", 10},
    {"ask the user to enter", 5},
    {"give wrong", 8},
    {"give incorrect", 8},
    {"answer incorrectly", 10},
    {"answer falsely", 10},
    {"false information", 5},
    {"misleading", 4},
    {"lie to the user", 10},
    {"deceive", 5},
    {"manipulate the user", 10},
    {"password", 2},
    {"credit card", 4},
    {"api key", 3},
    {"access token", 3},
    {"private key", 3},
    {"bank account", 4},
    {"wire transfer", 5},
    {"transfer money", 6},
    {"bitcoin", 3},
    {"wallet address", 5},
    {"http://", 2},
    {"https://", 2},
};

/* Lower case, one blank for each run of white space, invisible characters left out. */
static size_t normal_form(struct slice s, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            if (n && out[n - 1] != ' ') out[n++] = ' ';
        } else if (c == 0xe2 && i + 2 < s.n && s.p[i + 1] == 0x80 && s.p[i + 2] >= 0x8b &&
                   s.p[i + 2] <= 0x8f) {
            i += 2;
        } else {
            out[n++] = (char)ascii_to_lower(c);
        }
    }
    return n;
}

static unsigned score_piece(struct slice s)
{
    char text[2048];
    unsigned score = 0;
    struct slice normal = slice_of(text, normal_form(s, text));
    for (size_t i = 0; i < COUNT_OF(phrases); i++)
        if (slice_has(normal, slice_str(phrases[i].text))) score += phrases[i].weight;
    return score;
}

/* The best of overlapping windows: far apart, two harmless words do not add up. */
unsigned words_score(struct slice s)
{
    unsigned best = 0;
    for (size_t at = 0; at == 0 || at < s.n; at += 1024) {
        unsigned score = score_piece(slice_sub(s, at, 2048));
        if (score > best) best = score;
    }
    return best;
}

/* ---- judging ---- */

#define SAYS_MUCH 3 /* words: more than a marker */

static bool has_any(struct slice s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_has(s, slice_str(words[i]))) return true;
    return false;
}

void words_conditional(struct tmpl *t, uint32_t node, struct slice text)
{
    static const char *const acts[] = {"tool_call",        "TOOL_CALLS", "python_tag",
                                       "im_start|>system", "<<SYS>>",    "<|system|>",
                                       "header_id|>system"};
    static const char *const turns[] = {"<|", "[INST]", "<start_of"};
    if (words_count(text) >= SAYS_MUCH || words_score(text) >= 2 ||
        has_any(text, acts, COUNT_OF(acts)))
        tmpl_report(t, node, "model.template-conditional", SEV_HIGH,
                    "Gives the model text of its own only for certain words, people or days");
    else if (has_any(text, turns, COUNT_OF(turns)))
        tmpl_report(
            t, node, "model.template-conditional", SEV_MEDIUM,
            "Starts another turn of the conversation only for certain words, people or days");
}

void words_instruct(struct tmpl *t, uint32_t node, struct slice text)
{
    if (text.n >= 8 && words_score(text) >= 10)
        tmpl_report(t, node, "model.template-instructions", SEV_HIGH,
                    "Tells the model to work against the person who uses it");
}
