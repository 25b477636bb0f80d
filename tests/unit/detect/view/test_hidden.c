/* SPDX-License-Identifier: Apache-2.0 */
/* test_hidden.c - hidden characters are found and read; honest uses of the same characters stay
 * silent. Each case is scanned as a whole and character by character. */
#include "../../test.h"
#include "base/utf8.h"
#include "detect/data/hidden.h"

struct seen {
    struct hidden found[8];
    char says[8][HIDDEN_SAYS + 1];
    size_t count;
};

static void keep(void *ctx, const struct hidden *h)
{
    struct seen *s = ctx;
    assert_true(s->count < 8);
    assert_true(h->from < h->to);
    s->found[s->count] = *h;
    if (h->says.n) memcpy(s->says[s->count], h->says.p, h->says.n);
    s->says[s->count][h->says.n] = 0;
    s->count++;
}

static struct seen look(struct slice text, bool strict)
{
    struct hidden_scan h;
    struct seen whole = {0}, parts = {0};
    hidden_begin(&h, text, strict, keep, &whole);
    hidden_range(&h, 0, text.n);
    hidden_end(&h);
    /* as marks do it: only what is not ASCII */
    hidden_begin(&h, text, strict, keep, &parts);
    for (size_t at = 0; at < text.n; at++) {
        size_t from = at;
        while (at < text.n && text.p[at] >= 0x80) at++;
        if (at > from) hidden_range(&h, from, at);
    }
    hidden_end(&h);
    assert_int_equal(whole.count, parts.count);
    for (size_t i = 0; i < whole.count; i++) {
        assert_int_equal(whole.found[i].kind, parts.found[i].kind);
        assert_int_equal(whole.found[i].count, parts.found[i].count);
        assert_string_equal(whole.says[i], parts.says[i]);
    }
    return whole;
}

static void finds(const char *text, enum hidden_kind kind, enum severity severity, const char *says)
{
    struct seen s = look(slice_str(text), false);
    if (s.count != 1) fail_msg("%s: %zu findings", text, s.count);
    assert_int_equal(s.found[0].kind, kind);
    assert_int_equal(s.found[0].severity, severity);
    assert_string_equal(s.says[0], says);
}

static void silent(const char *text)
{
    struct seen s = look(slice_str(text), false);
    if (s.count) fail_msg("%s: %s", text, hidden_rule(s.found[0].kind));
}

#define ZWSP   "\xe2\x80\x8b"
#define ZWNJ   "\xe2\x80\x8c"
#define ZWJ    "\xe2\x80\x8d"
#define SHY    "\xc2\xad"
#define BOM    "\xef\xbb\xbf"
#define RLO    "\xe2\x80\xae"
#define LRO    "\xe2\x80\xad"
#define PDF    "\xe2\x80\xac"
#define VS15   "\xef\xb8\x8e"
#define VS16   "\xef\xb8\x8f"
#define TAG(c) "\xf3\xa0\x81" c

static void tags(void **state)
{
    (void)state;
    finds("Nice.\xf3\xa0\x81\x8f\xf3\xa0\x81\x8b", HIDDEN_TAGS, SEV_HIGH, "OK");
    finds("\xf3\xa0\x80\x81\xf3\xa0\x81\x8f\xf3\xa0\x81\x8b text", HIDDEN_TAGS, SEV_HIGH, "OK");
    /* a flag that says too much is none */
    finds("\xf0\x9f\x8f\xb4" TAG("\xa7") TAG("\xa2") TAG("\xa5") TAG("\xae") TAG("\xa7") TAG("\xa8")
              TAG("\xa9") TAG("\xbf"),
          HIDDEN_TAGS, SEV_HIGH, "gbenghi");
    /* the range of them, in a table of Unicode */
    finds("[96] (\xf3\xa0\x80\xa0..\xf3\xa0\x81\xbf)", HIDDEN_TAGS, SEV_LOW, "");
    /* England, Scotland */
    silent("\xf0\x9f\x8f\xb4" TAG("\xa7") TAG("\xa2") TAG("\xa5") TAG("\xae") TAG("\xa7")
               TAG("\xbf") " and \xf0\x9f\x8f\xb4" TAG("\xa7") TAG("\xa2") TAG("\xb3") TAG("\xa3")
                   TAG("\xb4") TAG("\xbf"));
}

static void selectors(void **state)
{
    (void)state;
    finds("a\xef\xb8\x8e\xef\xb8\x8e\xf3\xa0\x85\xb3z", HIDDEN_SELECTORS, SEV_MEDIUM, "");
    /* "Hi" behind an emoji */
    finds("\xf0\x9f\x98\x80\xf3\xa0\x84\xb8\xf3\xa0\x85\x99", HIDDEN_SELECTORS, SEV_HIGH, "Hi");
    silent("\xe2\x9d\xa4" VS16 " \xe2\x98\x8e" VS15 " 1" VS16 "\xe2\x83\xa3 \xc2\xa9" VS16);
    silent("\xf0\x9f\x8f\xb3" VS16 ZWJ "\xf0\x9f\x8c\x88"); /* rainbow flag */
    silent("\xe8\x91\x9b\xf3\xa0\x84\x80");                 /* an ideograph with its variant */
    silent("\xe1\xa0\xa8\xe1\xa0\x8b");                     /* Mongolian */
    silent("left behind" VS16 " by a cleaner");
}

static void zero_width(void **state)
{
    (void)state;
    finds("ig" ZWSP "nore prev" ZWSP "ious", HIDDEN_ZERO_WIDTH, SEV_MEDIUM, "");
    finds("the pass" ZWSP "word", HIDDEN_ZERO_WIDTH, SEV_LOW, "");
    finds("i" SHY "g" SHY "n" SHY "o" SHY "re", HIDDEN_ZERO_WIDTH, SEV_MEDIUM, "");
    finds("a" ZWNJ "b" ZWJ "c" ZWNJ "d", HIDDEN_ZERO_WIDTH, SEV_MEDIUM, "");
    /* "Hi" in bits, both ways round */
    finds("x" ZWSP ZWNJ ZWSP ZWSP ZWNJ ZWSP ZWSP ZWSP ZWSP ZWNJ ZWNJ ZWSP ZWNJ ZWSP ZWSP ZWNJ "y",
          HIDDEN_ZERO_WIDTH, SEV_HIGH, "Hi");
    finds("x" ZWNJ ZWSP ZWNJ ZWNJ ZWSP ZWNJ ZWNJ ZWNJ ZWNJ ZWSP ZWSP ZWNJ ZWSP ZWNJ ZWNJ ZWSP "y",
          HIDDEN_ZERO_WIDTH, SEV_HIGH, "Hi");
    /* syllables, some of two letters */
    silent("Ak" SHY "ti" SHY "en sind Grund" SHY "stuecke der ge" SHY "mein" SHY "samen Buch" SHY
           "fueh" SHY "rung, und Nach" SHY "wei" SHY "se er" SHY "lau" SHY "ben Sum" SHY "men");
    silent("\xd9\x85\xdb\x8c" ZWNJ "\xd8\xae\xd9\x88\xd8\xa7\xd9\x87\xd9\x85"); /* Persian */
    silent("\xe0\xa4\x95\xe0\xa5\x8d" ZWJ "\xe0\xa4\xb7 \xe0\xa4\xb0\xe0\xa5\x8d" ZWNJ
           "\xe0\xa4\xaf");                                                      /* Devanagari */
    silent("\xf0\x9f\x91\xa8" ZWJ "\xf0\x9f\x91\xa9" ZWJ "\xf0\x9f\x91\xa7");    /* a family */
    silent("\xe0\xb8\x81" ZWSP "\xe0\xb8\x82 \xe6\x97\xa5" ZWSP "\xe6\x9c\xac"); /* Thai, Han */
    silent("Donau" SHY "dampf" SHY "schiff" SHY "fahrt");
    silent(BOM "id,name");
    silent("https://example.org/" ZWSP "path/" ZWSP "file camel" ZWSP "Case");
    silent("Auf" ZWNJ "lage");
}

static void bidi(void **state)
{
    (void)state;
    finds("access" RLO "resu" PDF, HIDDEN_BIDI, SEV_MEDIUM, "");
    finds("a \xe2\x81\xa7"
          "b\xe2\x81\xa9 c",
          HIDDEN_BIDI, SEV_MEDIUM, "");
    silent(
        "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\xe2\x80\x8f! \xe2\x80\xab(a)\xe2\x80\xac"); /* Hebrew */
    silent("\xd8\xa7\xd9\x84\xd8\xb9\xe2\x80\x8e 12");
    silent("call " LRO "+44 20 7946 0000" PDF);
    silent("\xe2\x81\xa8"
           "Anna\xe2\x81\xa9 wrote");
    /* in source code nothing of it has a place */
    struct seen s = look(S("if a \xe2\x81\xa6// x\xe2\x81\xa9"), true);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.found[0].severity, SEV_HIGH);
}

static void lookalikes(void **state)
{
    (void)state;
    finds("my p\xd0\xb0ssw\xd0\xberd is", HIDDEN_LOOKALIKE, SEV_MEDIUM, "password");
    finds("the \xd0\xb0"
          "b\xd0\xbeut page",
          HIDDEN_LOOKALIKE, SEV_MEDIUM, "about");
    finds("g\xce\xbf"
          "ld",
          HIDDEN_LOOKALIKE, SEV_MEDIUM, "gold");
    finds("s\xd5\xbdn", HIDDEN_LOOKALIKE, SEV_MEDIUM, "sun");
    silent("\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82, world"); /* two languages */
    silent("\xce\xb1-particle, 5 \xce\xbcm, NF\xce\xba"
           "B, TNF\xce\xb1, 3 k\xce\xa9, h\xce\xbd");
    silent("USB-\xd0\xba\xd0\xb0\xd0\xb1\xd0\xb5\xd0\xbb\xd1\x8c");
    silent("\xef\xbc\xa1\xef\xbc\xa2\xef\xbc\xa3\xe7\xa4\xbe"); /* full width */
    silent("na\xc3\xafve caf\xc3\xa9 \xc5\x81\xc3\xb3"
           "d\xc5\xba");
    /* a slip of the keyboard in Russian: Latin C in front */
    silent("C\xd1\x82\xd0\xb0\xd1\x82\xd1\x8c\xd1\x8f \xd0\xbe \xd0\xb4\xd0\xb5\xd0\xbb\xd0\xb5");
}

static void lines_are_apart(void **state)
{
    (void)state;
    struct seen s = look(S("p\xd0\xb0ss one\nplain\np\xd0\xb0ss two\n"), false);
    assert_int_equal(s.count, 2);
    assert_true(s.found[0].to < s.found[1].from);
}

static void damaged_text(void **state)
{
    (void)state;
    static const char text[] = "p\xd0\xb0ss" ZWSP ZWNJ RLO "\xf3\xa0\x81\x8f\xf3\xa0\x85\xb3" VS16;
    for (size_t n = 0; n < sizeof text - 1; n++) {
        char copy[sizeof text];
        memcpy(copy, text, sizeof text);
        (void)look(slice_of(copy, n), n % 2);
        copy[n] = (char)(copy[n] ^ 0x40);
        (void)look(slice_of(copy, sizeof text - 1), n % 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags),         cmocka_unit_test(selectors),
        cmocka_unit_test(zero_width),   cmocka_unit_test(bidi),
        cmocka_unit_test(lookalikes),   cmocka_unit_test(lines_are_apart),
        cmocka_unit_test(damaged_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
