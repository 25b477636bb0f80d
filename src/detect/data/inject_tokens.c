/* SPDX-License-Identifier: Apache-2.0 */
/* inject_tokens.c - a window of text as words with classes.
 *
 * Folded first (lower case, no accents), then cut: words between anything that is no letter;
 * Chinese, Japanese and Korean by the words that are known, longest first. Punctuation that ends a
 * sentence, an unescaped quote in records and a line break are barriers. */
#include "base/ascii.h"
#include "base/utf8.h"
#include "detect/data/inject_part.h"
#include "detect/view/view_part.h"

#define FOLDED_MAX (WINDOW_MAX * 6 + 128) /* no character's form is longer: U+3316 */

struct cut {
    const struct inject *in;
    struct window *w;
    const uint8_t *p;
    const uint32_t *map; /* NULL: byte i is source byte from + i */
    size_t from, n, at;
    uint8_t flags; /* of the next token */
    bool quoted;
};

static uint64_t classes_of(const struct inject *in, const uint8_t *p, size_t n, size_t *ret_n)
{
    uint64_t best = 0;
    size_t best_n = 0;
    if (n < 2) return n == 1 && *p == 'i' ? W_MY : n == 1 && *p == 't' ? W_NOT : 0; /* can't */
    uint32_t h = inject_word_hash(p, n);
    for (uint16_t i = in->word_heads[h]; i; i = in->word_next[i]) {
        const char *text = inject_words[i - 1].text;
        size_t length = in->word_length[i];
        bool open = text[length] == '*';
        bool whole = ret_n || open ? n >= length : n == length;
        if (!whole || length <= best_n || memcmp(text, p, length) != 0) continue;
        best = inject_words[i - 1].classes;
        best_n = length;
    }
    if (ret_n) *ret_n = best_n;
    return best;
}

static void put(struct cut *c, uint64_t classes, size_t from, size_t to)
{
    struct window *w = c->w;
    c->at = to;
    if (w->count == TOKENS_MAX) return;
    if (classes & W_ABOUT) w->about++;
    uint8_t flags = c->flags | (c->quoted ? TOKEN_QUOTED : 0);
    size_t at = c->map ? c->map[from] : c->from + from, end = c->map ? c->map[to] : c->from + to;
    w->tokens[w->count++] = (struct token){classes, (uint32_t)at, (uint32_t)end, flags};
    c->flags = 0;
}

static bool has(const struct cut *c, const char *text)
{
    size_t n = strlen(text);
    return c->n - c->at >= n && !memcmp(&c->p[c->at], text, n);
}

static bool control_token(struct cut *c)
{
    static const struct {
        const char *text;
        uint64_t classes;
    } tokens[] = {
        {"<|im_start|>", W_TURN},    {"<|system|>", W_TURN},  {"<|start_header_id|>", W_TURN},
        {"<start_of_turn>", W_TURN}, {"<<sys>>", W_TURN},     {"[inst]", W_TURN},
        {"<|assistant|>", W_TOKEN},  {"<|user|>", W_TOKEN},   {"<|im_system|>", W_TURN},
        {"<|start|>system", W_TURN}, {"[/inst]", W_TOKEN},    {"<|im_end|>", W_TOKEN},
        {"<|endoftext|>", W_TOKEN},  {"<|eot_id|>", W_TOKEN},
    };
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        if (!has(c, tokens[i].text)) continue;
        put(c, tokens[i].classes, c->at, c->at + strlen(tokens[i].text));
        c->flags = TOKEN_START | TOKEN_BARRIER;
        return true;
    }
    return false;
}

static bool is_letter(uint8_t c)
{
    return ascii_lower(c) || ascii_digit(c) || c >= 0x80;
}

/* Scripts without spaces, and Hangul with its endings. */
static bool is_dense(const uint8_t *p, size_t n)
{
    return n >= 3 && ((p[0] >= 0xe3 && p[0] <= 0xe9) || (p[0] >= 0xea && p[0] <= 0xed));
}

static void dense(struct cut *c)
{
    size_t from = c->at, n = 0;
    uint64_t classes = 0;
    while (c->at < c->n && is_dense(&c->p[c->at], c->n - c->at)) {
        classes = classes_of(c->in, &c->p[c->at], c->n - c->at, &n);
        if (classes && n >= 6) break;
        classes = 0;
        c->at += 3;
    }
    if (c->at > from) put(c, 0, from, c->at);
    if (classes) put(c, classes, c->at, c->at + n);
}

static bool is_place(const struct cut *c, size_t to)
{
    struct slice word = {&c->p[c->at], to - c->at};
    return slice_starts(word, S("http")) && to + 2 < c->n && c->p[to] == ':' && c->p[to + 1] == '/';
}

static void word(struct cut *c)
{
    size_t to = c->at;
    while (to < c->n && is_letter(c->p[to]) && !is_dense(&c->p[to], c->n - to)) to++;
    bool mail = to + 1 < c->n && c->p[to] == '@' && is_letter(c->p[to + 1]);
    if (mail || is_place(c, to)) {
        while (to < c->n && c->p[to] > ' ' && c->p[to] != '"' && c->p[to] != ')') to++;
        put(c, W_PLACE, c->at, to);
        return;
    }
    uint64_t classes = classes_of(c->in, &c->p[c->at], to - c->at, NULL);
    if (to < c->n && (c->p[to] == ':' || c->p[to] == ',')) c->flags |= TOKEN_COLON;
    put(c, classes, c->at, to);
}

/* One letter stands beside a quote on its inside, none or a sign on its outside. */
static void quote(struct cut *c, size_t n)
{
    bool before = c->at > 0 && is_letter(c->p[c->at - 1]);
    bool behind = c->at + n < c->n &&
                  (is_letter(c->p[c->at + n]) || c->p[c->at + n] == '<' || c->p[c->at + n] == '[');
    if (behind && !before) {
        c->quoted = true;
        c->flags |= TOKEN_START;
    } else if (!behind) {
        c->quoted = false;
    }
    c->at += n;
}

static uint8_t near(const struct cut *c, size_t at)
{
    return at < c->n ? c->p[at] : '\n';
}

static bool is_separator(uint8_t q)
{
    return q == ',' || q == '[' || q == '{' || q == '}' || q == ']' || q == '\n' || q == '\t' ||
           q == ';';
}

/* A quote of the format, not of the text: beside a comma or bracket or, in JSON, behind '":'. */
static bool is_delimiter(const struct cut *c)
{
    size_t at = c->at, back = at;
    uint8_t behind = near(c, at + 1), before = at ? near(c, at - 1) : '\n';
    if (is_separator(before) || is_separator(behind)) return true;
    if (behind == ':' || (behind == ' ' && is_separator(near(c, at + 2)))) return true;
    if (before == ' ' && at > 1) before = near(c, --back - 1);
    if (before == ':' && back > 1) return near(c, back - 2) == '"' || near(c, back - 2) == ' ';
    if (before == ',' && back > 1)
        return !is_letter(near(c, back - 2)) || ascii_digit(near(c, back - 2));
    return before == '[' || before == '{';
}

static size_t quote_length(const struct cut *c)
{
    uint8_t q = c->p[c->at];
    bool records = c->w->kind == INJECT_RECORDS;
    if (q == '`' || q == '\'') return 1;
    if (records && (has(c, "\\\"") || has(c, "\"\""))) return 2;
    if (q == '"' && (!records || !is_delimiter(c))) return 1;
    if (has(c, "\xe2\x80\x9c") || has(c, "\xe2\x80\x9d") || has(c, "\xe2\x80\x98") ||
        has(c, "\xe2\x80\x99"))
        return 3;
    return has(c, "\xc2\xab") || has(c, "\xc2\xbb") ? 2 : 0;
}

static void punctuation(struct cut *c)
{
    uint8_t q = c->p[c->at];
    bool ends = q == '.' || q == '!' || q == '?' || q == ';' || q == '\n' || q == '\r';
    bool starts =
        ends || q == ':' || q == '>' || q == ']' || q == '#' || q == '*' || q == '-' || q == '(';
    bool records = c->w->kind == INJECT_RECORDS;
    if (records && q == '\\' && c->at + 1 < c->n && strchr("nrt", c->p[c->at + 1])) {
        c->at++;
        ends = starts = true;
    }
    if (records && q == '"') {
        ends = starts = true;
        c->quoted = false;
    }
    if (starts) c->flags |= TOKEN_START;
    if (ends) c->flags |= TOKEN_BARRIER;
    c->at++;
}

static void cut(struct cut *c)
{
    while (c->at < c->n) {
        uint8_t q = c->p[c->at];
        if ((uint8_t)(q - 'a') < 26) {
            word(c);
        } else if (q == ' ') {
            c->at++;
        } else if (has(c, "\xe3\x80\x82") || has(c, "\xef\xbc\x81") || has(c, "\xe3\x80\x81")) {
            c->flags |= TOKEN_START | (c->p[c->at + 2] == 0x81 ? 0 : TOKEN_BARRIER);
            c->at += 3;
        } else if ((q == '<' || q == '[') && control_token(c)) {
            continue;
        } else if (quote_length(c)) {
            quote(c, quote_length(c));
        } else if (is_dense(&c->p[c->at], c->n - c->at)) {
            dense(c);
        } else if (is_letter(q)) {
            word(c);
        } else {
            punctuation(c);
        }
    }
}

static bool is_ascii(struct slice s)
{
    uint8_t any = 0;
    for (size_t i = 0; i < s.n; i++) any |= s.p[i];
    return any < 0x80;
}

static void lower(uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) p[i] |= (uint8_t)((uint8_t)(p[i] - 'A') < 26 ? 0x20 : 0);
}

static void lower_cyrillic(uint8_t *p, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        if (p[i] != 0xd0) continue;
        if (p[i + 1] >= 0x90 && p[i + 1] <= 0x9f) {
            p[i + 1] = (uint8_t)(p[i + 1] + 0x20);
        } else if (p[i + 1] >= 0xa0 && p[i + 1] <= 0xaf) {
            p[i] = 0xd1;
            p[i + 1] = (uint8_t)(p[i + 1] - 0x20);
        }
    }
}

void inject_tokens(const struct inject *in, struct window *w)
{
    uint8_t bytes[FOLDED_MAX];
    uint32_t map[FOLDED_MAX + 1];
    struct view_out o = {bytes, map, 0, FOLDED_MAX};
    struct slice part = slice_sub(w->text, w->from, w->to - w->from);
    struct cut c = {.in = in, .w = w, .p = bytes, .from = w->from};
    if (is_ascii(part)) {
        if (part.n) memcpy(bytes, part.p, part.n);
        o.n = part.n;
    } else {
        fold_part(&o, w->text, w->from, w->to);
        lower_cyrillic(bytes, o.n);
        map[o.n] = (uint32_t)w->to;
        c.map = map;
    }
    lower(bytes, o.n);
    c.n = o.n;
    w->count = 0;
    w->about = 0;
    c.flags = w->from == 0 || w->text.p[w->from - 1] == '\n' ? TOKEN_START : 0;
    cut(&c);
}
