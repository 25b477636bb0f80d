/* SPDX-License-Identifier: Apache-2.0 */
/* text_secret.c - keys and tokens with a prefix that says what they are. The prefix, the alphabet,
 * the length and the number of different characters must all fit, so that examples and
 * placeholders pass. Evidence shows the prefix and the length only. */
#include "detect/text.h"

enum alphabet { ALNUM, UPPER, WORD /* and - */, BASE64URL };

struct secret_row {
    const char *prefix;
    enum alphabet alphabet;
    unsigned least, most; /* characters behind the prefix */
    const char *what;
};

static const struct secret_row rows[] = {
    {"AKIA", UPPER, 16, 16, "Holds an AWS access key id"},
    {"ASIA", UPPER, 16, 16, "Holds a temporary AWS access key id"},
    {"ghp_", ALNUM, 36, 36, "Holds a GitHub personal access token"},
    {"gho_", ALNUM, 36, 36, "Holds a GitHub OAuth token"},
    {"ghu_", ALNUM, 36, 36, "Holds a GitHub user token"},
    {"ghs_", ALNUM, 36, 36, "Holds a GitHub server token"},
    {"ghr_", ALNUM, 36, 76, "Holds a GitHub refresh token"},
    {"github_pat_", WORD, 70, 90, "Holds a GitHub fine-grained token"},
    {"glpat-", WORD, 20, 60, "Holds a GitLab access token"},
    {"hf_", ALNUM, 30, 40, "Holds a Hugging Face token"},
    {"api_org_", ALNUM, 30, 40, "Holds a Hugging Face organisation token"},
    {"sk-proj-", WORD, 40, 200, "Holds an OpenAI key"},
    {"sk-ant-", WORD, 40, 200, "Holds an Anthropic key"},
    {"sk-", ALNUM, 48, 48, "Holds an OpenAI key"},
    {"xoxb-", WORD, 40, 100, "Holds a Slack bot token"},
    {"xoxp-", WORD, 40, 100, "Holds a Slack user token"},
    {"xoxa-", WORD, 40, 100, "Holds a Slack app token"},
    {"AIza", WORD, 35, 35, "Holds a Google API key"},
    {"ya29.", WORD, 40, 300, "Holds a Google OAuth token"},
    {"sk_live_", ALNUM, 24, 100, "Holds a Stripe secret key"},
    {"npm_", ALNUM, 36, 36, "Holds an npm token"},
    {"pypi-AgEI", WORD, 50, 300, "Holds a PyPI token"},
    {"dop_v1_", ALNUM, 64, 64, "Holds a DigitalOcean token"},
    {"gsk_", ALNUM, 48, 60, "Holds a Groq key"},
    {"nvapi-", WORD, 60, 80, "Holds an NVIDIA key"},
};

static bool fits(enum alphabet a, int c)
{
    bool digit = c >= '0' && c <= '9', upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';
    if (digit || upper) return true;
    if (a == UPPER) return false;
    return lower || (a != ALNUM && (c == '_' || c == '-'));
}

/* Random text of this length has more different characters than a placeholder. */
static bool looks_random(struct slice s)
{
    bool seen[256] = {false};
    unsigned different = 0, digits = 0;
    for (size_t i = 0; i < s.n; i++) {
        different += !seen[s.p[i]];
        seen[s.p[i]] = true;
        digits += s.p[i] >= '0' && s.p[i] <= '9';
    }
    return different >= (s.n < 24 ? 8u : 12u) && digits && !slice_has_nocase(s, S("example")) &&
           !slice_has_nocase(s, S("xxxx")) && !slice_has(s, S("12345678"));
}

static void masked(const struct text_in *in, size_t at, const struct secret_row *row, size_t n)
{
    char text[80];
    int len = snprintf(text, sizeof text, "%s**** (%zu characters)", row->prefix, n);
    text_report(in, "model.metadata-secret", SEV_HIGH, at, row->what,
                slice_of(text, len > 0 ? (size_t)len : 0));
}

static void try_row(const struct text_in *in, const struct secret_row *row)
{
    struct slice s = in->ev->text.text, prefix = slice_str(row->prefix);
    size_t at = 0;
    for (;;) {
        size_t next = slice_find(slice_sub(s, at, s.n), prefix);
        if (next == SIZE_MAX) return;
        at += next;
        size_t from = at + prefix.n, to = from;
        while (to < s.n && fits(row->alphabet, s.p[to]) && to - from <= row->most) to++;
        bool alone = (at == 0 || !text_is_word(s.p[at - 1])) && !text_is_word(text_at(s, to));
        bool length = to - from >= row->least && to - from <= row->most;
        if (alone && length && looks_random(slice_sub(s, from, to - from)))
            masked(in, at, row, to - at);
        at = from;
    }
}

/* -----BEGIN ... PRIVATE KEY----- with at least a line of base64 behind it */
static void private_keys(const struct text_in *in)
{
    struct slice s = in->ev->text.text, begin = S("-----BEGIN "), end = S("PRIVATE KEY-----");
    size_t at = 0;
    for (;;) {
        size_t next = slice_find(slice_sub(s, at, s.n), begin);
        if (next == SIZE_MAX) return;
        at += next;
        struct slice head = slice_sub(s, at, 64);
        size_t close = slice_find(head, end);
        struct slice body = slice_sub(s, at + close + end.n, 400);
        size_t letters = 0;
        for (size_t i = 0; close != SIZE_MAX && i < body.n; i++)
            letters += text_is_word(body.p[i]) || body.p[i] == '+' || body.p[i] == '/';
        if (close != SIZE_MAX && letters > 60)
            text_report(in, "model.metadata-secret", SEV_HIGH, at, "Holds a private key",
                        slice_sub(head, 0, close + end.n));
        at += begin.n;
    }
}

void text_secrets(const struct text_in *in)
{
    if (in->ev->text.text.n < 20) return;
    for (size_t i = 0; i < COUNT_OF(rows); i++) try_row(in, &rows[i]);
    private_keys(in);
}
