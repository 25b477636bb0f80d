/* SPDX-License-Identifier: Apache-2.0 */
/* What was written for speed, against the plain form of the same: classes of bytes, addresses,
 * doubts, lists of words, waiting hits, bulk letters, a single claim. */
#include "../../test.h"
#include "base/st.h"
#include "detect/check/digits.h"
#include "detect/check/words.h"
#include "detect/engine/arbitrate.h"
#include "detect/engine/part.h"
#include "detect/view/bulk.h"

static uint64_t state = 88172645463325252u;
static unsigned any(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % below;
}

/* n bytes, most of them of a few kinds. */
static struct slice text_of(uint8_t *room, size_t n, const char *kinds)
{
    size_t most = strlen(kinds);
    for (size_t i = 0; i < n; i++)
        room[i] = any(40) ? (uint8_t)kinds[any((unsigned)most)] : (uint8_t)any(256);
    return slice_of(room, n);
}

static void sets(void **s)
{
    uint8_t room[300];
    (void)s;
    for (unsigned round = 0; round < 20000; round++) {
        struct slice t = text_of(room, any(sizeof room), "abcXYZ019-_");
        uint16_t set = any(2) ? alnum_set : token_set;
        size_t at = any((unsigned)t.n + 1), most = any(400), n = 0;
        while (n < most && at + n < t.n && in_set(set, t.p[at + n])) n++;
        assert_int_equal(set_run(set, t, at, most), n);
    }
}

static void addresses(void **s)
{
    uint8_t room[160];
    size_t found = 0;
    (void)s;
    for (unsigned round = 0; round < 200000; round++) {
        struct slice t = text_of(room, 4 + any(sizeof room - 4), "aZ0.-_@com..netdeu a@b");
        size_t sign = any((unsigned)t.n), from = sign;
        room[sign] = '@';
        while (from && sign - from < 64 &&
               (ascii_alnum(t.p[from - 1]) || strchr("._%+-", t.p[from - 1])) && t.p[from - 1])
            from--;
        if (from == sign) continue;
        from += any((unsigned)(sign - from));
        struct match plain, quick;
        bool is = pattern_match(detector_rows[email_detector].program, t, from, &plain);
        assert_int_equal(mail_match(t, from, sign, &quick), is);
        if (!is) continue;
        found++;
        assert_int_equal(quick.from, plain.from);
        assert_int_equal(quick.to, plain.to);
        assert_int_equal(quick.value_from, plain.value_from);
        assert_int_equal(quick.value_to, plain.value_to);
    }
    assert_true(found > 2000);
}

static bool plain_repetitive(struct slice v)
{
    bool seen[256] = {0};
    size_t different = 0, same = 1, up = 1, down = 1;
    for (size_t i = 0; i < v.n; i++) {
        different += !seen[v.p[i]];
        seen[v.p[i]] = true;
        int step = i ? v.p[i] - v.p[i - 1] : 9;
        same = step == 0 ? same + 1 : 1;
        up = step == 1 ? up + 1 : 1;
        down = step == -1 ? down + 1 : 1;
        if (same >= 6 || up >= 7 || down >= 7) return true;
    }
    if (v.n >= 12 && different < (v.n < 24 ? 5u : v.n < 64 ? 7u : 8u)) return true;
    for (size_t period = 1; period <= 8 && period * 3 <= v.n; period++) {
        size_t i = period;
        while (i < v.n && v.p[i] == v.p[i - period]) i++;
        if (i == v.n) return true;
    }
    return false;
}

static void doubts(void **s)
{
    static const char *const kinds[] = {"aab", "abcdefghijkl", "aaaaaaaab", "0123456789abcdef",
                                        "zyxwvutsrqponm"};
    uint8_t room[100];
    size_t repetitive = 0;
    (void)s;
    for (unsigned round = 0; round < 200000; round++) {
        struct slice v = text_of(room, 1 + any(sizeof room - 1), kinds[any(COUNT_OF(kinds))]);
        if (any(3) == 0) { /* a sequence somewhere */
            size_t at = any((unsigned)v.n), n = any(9);
            int step = (int)any(3) - 1;
            for (size_t i = at; i < v.n && i < at + n; i++)
                room[i] = (uint8_t)(100 + (int)(i - at) * step);
        }
        repetitive += plain_repetitive(v);
        assert_int_equal(doubt_repetitive(v), plain_repetitive(v));
    }
    assert_true(repetitive > 1000 && repetitive < 190000);
}

/* Each word in either case, and none of its neighbours that is not in the list itself. */
static void one_list(const struct words_set *set)
{
    uint8_t word[40];
    for (size_t i = 0; i < set->words->count; i++) {
        size_t from = set->words->starts[i], n = set->words->starts[i + 1] - from;
        memcpy(word, set->words->text + from, n);
        assert_true(words_have(set, slice_of(word, n)));
        for (size_t k = 0; k < n; k++) word[k] = ascii_to_upper(word[k]);
        assert_true(words_have(set, slice_of(word, n)));
        word[any((unsigned)n)] = '!';
        assert_false(words_have(set, slice_of(word, n)));
        memset(word + n, 'q', 3);
        assert_false(words_have(set, slice_of(word, n + 3)));
    }
    assert_false(words_have(set, S("")));
}

static void lists(void **s)
{
    (void)s;
    one_list(&words_set_key_ends);
    one_list(&words_set_key_begins);
    one_list(&words_set_key_other);
    one_list(&words_set_password_usual);
    one_list(&words_set_mail_machines);
    one_list(&words_set_tlds);
    assert_true(words_begin(&words_inside_known, S("hf_abc")));
    assert_false(words_begin(&words_inside_known, S("HF_abc")));
    assert_false(words_begin(&words_inside_known, S("h")));
}

static bool plain_inside(const struct words *w, struct slice text)
{
    for (size_t i = 0; i < w->count; i++) {
        struct slice word =
            slice_of(w->text + w->starts[i], (size_t)(w->starts[i + 1] - w->starts[i]));
        if (slice_has_nocase(text, word)) return true;
    }
    return false;
}

static void inside(void **s)
{
    uint8_t room[40];
    size_t found = 0;
    (void)s;
    for (unsigned round = 0; round < 100000; round++) {
        struct slice v = text_of(room, any(sizeof room), "dDuUmMyYtTeEsSxX${}_-nNoO.*");
        bool is = plain_inside(words_inside_placeholders.words, v);
        found += is;
        assert_int_equal(words_are_inside(&words_inside_placeholders, v, 0), is);
    }
    assert_true(found > 1000 && found < 99000);
}

static void numbers(void **s)
{
    uint8_t d[32];
    (void)s;
    for (unsigned round = 0; round < 20000; round++) {
        size_t n = any(20);
        uint64_t v = 0;
        for (size_t i = 0; i < n; i++) d[i] = (uint8_t)any(any(9) ? 10 : 36);
        for (size_t i = 0; i < n; i++) v = v * 10 + d[i];
        assert_int_equal(digits_number(d, n), v);
    }
}

/* Bits of what may begin at each byte, one character after the other. */
static void bulk(void **s)
{
    uint8_t room[80];
    (void)s;
    for (unsigned round = 0; round < 100000; round++) {
        struct slice t = text_of(room, 1 + any(sizeof room - 1), "aZ5\xd0\xb0\xd1\x80\xd0\xb5");
        size_t at = any((unsigned)t.n), to = at + any((unsigned)(t.n - at) + 1), i = at;
        struct bulk b = bulk_at(t, at, to);
        while (i < to && i - at < BULK_BYTES) {
            uint8_t c = t.p[i];
            bool two = (c & 0xfe) == 0xd0 && i + 1 < to && (t.p[i + 1] & 0xc0) == 0x80;
            if (!ascii_alnum(c) && !two) break;
            if (two && i + 2 - at > BULK_BYTES) break;
            uint32_t bit = 1u << (i - at);
            assert_int_equal(!!(b.latin & bit), ascii_letter(c));
            assert_int_equal(!!(b.digits & bit), ascii_digit(c));
            assert_int_equal(!!(b.cyrillic & bit), two);
            i += 1u + two;
        }
        assert_int_equal(b.n, i - at);
        assert_true(i - at == BULK_BYTES || !((b.latin | b.digits | b.cyrillic) >> (i - at)));
    }
}

struct heard {
    struct hit list[4000];
    size_t count;
};

static void hear(void *ctx, const struct hit *h)
{
    struct heard *to = ctx;
    if (to->count) assert_true(to->list[to->count - 1].from <= h->from);
    to->list[to->count++] = *h;
}

/* Many that do not touch each other, more than have room: all are told, in order. */
static void waiting(void **s)
{
    static struct hits h;
    static struct heard heard;
    (void)s;
    h = (struct hits){.on_hit = hear, .ctx = &heard};
    hits_reset(&h);
    heard.count = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        struct waiting w = {.hit = {.detector = detector_at(0), .from = 10 * i, .to = 10 * i + 9},
                            .score = 5};
        hits_add(&h, &w);
        w.score = 4; /* the same again, and worse */
        hits_add(&h, &w);
        w.hit.to--;
        w.score = i % 2 ? 6 : 3; /* or better, of other bytes */
        hits_add(&h, &w);
        if (i % 300 == 299) hits_flush(&h, 10 * i - 500);
    }
    hits_flush(&h, UINT64_MAX);
    assert_int_equal(heard.count, 1000);
    for (uint64_t i = 0; i < 1000; i++) {
        assert_int_equal(heard.list[i].from, 10 * i);
        assert_int_equal(heard.list[i].to, 10 * i + (i % 2 ? 8 : 9));
    }
}

/* A number without a letter near it weighs the same by itself and by arbitration. */
static void single(void **s)
{
    uint8_t room[120];
    size_t stays = 0;
    (void)s;
    for (unsigned round = 0; round < 100000; round++) {
        struct slice t = text_of(room, sizeof room, "0123456789,. -/\n:");
        for (size_t i = 0; i < t.n; i++)
            if (ascii_letter(t.p[i]) || t.p[i] >= 0x80) room[i] = '7';
        struct claim one = {.detector = detector_at(any(100)),
                            .from = 40 + any(9),
                            .to = 56 + any(9),
                            .check = any(2) ? CHECK_GOOD : CHECK_FITS,
                            .severity = SEV_MEDIUM};
        struct claim both[2] = {one, one};
        size_t n = arbitrate(t, &both[0], 1);
        assert_int_equal(arbitrate_bare(t, &both[1]), n);
        if (!n) continue;
        stays++;
        assert_int_equal(both[0].bits, both[1].bits);
        assert_int_equal(both[0].sureness, both[1].sureness);
        assert_int_equal(both[0].severity, both[1].severity);
    }
    assert_true(stays > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets),  cmocka_unit_test(addresses), cmocka_unit_test(doubts),
        cmocka_unit_test(lists), cmocka_unit_test(inside),    cmocka_unit_test(numbers),
        cmocka_unit_test(bulk),  cmocka_unit_test(waiting),   cmocka_unit_test(single),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
