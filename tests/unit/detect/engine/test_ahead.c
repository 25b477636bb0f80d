/* SPDX-License-Identifier: Apache-2.0 */
/* A large text by two engines: the same hits and marks in the same order as by one, whatever lies
 * on the border, and whether or not the second one comes in time. */
#include "../../test.h"
#include "base/aside.h"
#include "base/st.h"
#include "detect/engine/part.h"
#include <stdio.h>

#define SIZE (200u << 10)
#define MOST (256u << 10)

struct told {
    struct hit *hits;
    struct mark *marks;
    size_t hit_count, mark_count;
};

static uint8_t room[SIZE + 4096];
static struct told one, two;
static struct engine *engine;
static struct engine_ahead *ahead;
static struct aside *aside;
static char **lines;
static size_t line_count;

static uint64_t state = 88172645463325252u;
static unsigned any(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % below;
}

static void keep_hit(void *ctx, const struct hit *h)
{
    struct told *t = ctx;
    if (t->hit_count < MOST) t->hits[t->hit_count] = *h;
    t->hit_count++;
}

static void keep_mark(void *ctx, const struct mark *m)
{
    struct told *t = ctx;
    if (t->mark_count < MOST) t->marks[t->mark_count] = *m;
    t->mark_count++;
}

/* Did both engines find it together? */
static bool compare(struct slice text, struct aside *with, const uint64_t *armed)
{
    struct engine_sink sink = {keep_hit, keep_mark, &one, armed};
    one.hit_count = one.mark_count = two.hit_count = two.mark_count = 0;
    engine_scan(engine, text, &sink);
    sink.ctx = &two;
    (void)engine_scan_ahead(engine, ahead, with, text, &sink);
    assert_int_equal(two.hit_count, one.hit_count);
    assert_int_equal(two.mark_count, one.mark_count);
    for (size_t i = 0; i < one.hit_count && i < MOST; i++) {
        const struct hit *a = &one.hits[i], *b = &two.hits[i];
        assert_true(a->detector == b->detector && a->from == b->from && a->to == b->to &&
                    a->sureness == b->sureness && a->severity == b->severity);
    }
    for (size_t i = 0; i < one.mark_count && i < MOST; i++) {
        const struct mark *a = &one.marks[i], *b = &two.marks[i];
        assert_true(a->kind == b->kind && a->from == b->from && a->to == b->to);
    }
    return engine_ahead_agreed(ahead);
}

/* Examples of all rows in any order, between plain words, numbers and signs. */
static struct slice mixed_text(unsigned plain, const char *joint)
{
    static const char *const words[] = {
        "model", "4111111111111111", "loss 0.0132", "2024-03-01",     "пароль",
        "key",   "phone:",           "AKIA",        "order 123456789"};
    size_t n = 0;
    while (n < SIZE) {
        const char *s = any(plain) ? words[any(COUNT_OF(words))] : lines[any((unsigned)line_count)];
        size_t size = strlen(s);
        if (size > 2000) size = 2000;
        memcpy(room + n, s, size);
        n += size;
        room[n++] = (uint8_t)joint[any((unsigned)strlen(joint))];
    }
    return slice_of(room, n);
}

static void mixed(void **s)
{
    uint64_t armed[8];
    size_t agreed = 0;
    (void)s;
    memset(armed, 0xff, sizeof armed);
    for (unsigned round = 0; round < 24; round++) {
        const char *joint = round % 3 == 0 ? "\n" : round % 3 == 1 ? " ,\n" : ",\n\t; ";
        struct slice text = mixed_text(1 + round % 5, joint);
        agreed += compare(text, aside, round % 2 ? armed : NULL);
        (void)compare(slice_sub(text, 0, any((unsigned)text.n)), aside, NULL);
    }
    if (aside) assert_true(agreed > 0);
}

/* What reaches over the border: one run, one line, an open key. The second cannot know of it. */
static void borders(void **s)
{
    (void)s;
    memset(room, 'a', SIZE);
    assert_false(compare(slice_of(room, SIZE), aside, NULL));
    for (size_t i = 0; i < SIZE; i++) room[i] = (uint8_t)(i % 7 ? '0' + i % 10 : ' ');
    (void)compare(slice_of(room, SIZE), aside, NULL);
    struct slice text = mixed_text(1, "\n");
    for (size_t at = SIZE / 2 / BLOCK * BLOCK - 3000; at < SIZE / 2 + 200; at += 777) {
        memcpy(room + at, "-----BEGIN RSA PRIVATE KEY-----\nMIIE", 36);
        memset(room + at + 36, 'Q', 4000);
        for (size_t i = 60; i < 4000; i += 64) room[at + 36 + i] = '\n';
        (void)compare(text, aside, NULL);
    }
}

static void nobody(void **s)
{
    (void)s;
    assert_false(compare(mixed_text(2, "\n"), NULL, NULL));
    assert_false(compare(S(""), aside, NULL));
    assert_false(compare(S("password = 'aB3$kk9x_1Q'"), aside, NULL));
}

/* The second column and behind: the texts. */
static bool read_examples(const char *path)
{
    static char text[1 << 20];
    FILE *f = path ? fopen(path, "r") : NULL;
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f) fclose(f);
    lines = calloc(8192, sizeof *lines);
    for (char *p = text; lines && p < text + n && line_count < 8192;) {
        char *end = strchr(p, '\n'), *tab = strchr(p, '\t');
        if (end) *end = 0;
        tab = tab ? strchr(tab + 1, '\t') : NULL;
        if (tab) lines[line_count++] = tab + 1;
        if (!end) break;
        p = end + 1;
    }
    return line_count > 100;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(mixed), cmocka_unit_test(borders),
                                       cmocka_unit_test(nobody)};
    if (!read_examples(argc > 1 ? argv[1] : NULL)) return 1;
    engine = engine_new();
    ahead = engine_ahead_new();
    aside = aside_new();
    one = (struct told){calloc(MOST, sizeof(struct hit)), calloc(MOST, sizeof(struct mark)), 0, 0};
    two = (struct told){calloc(MOST, sizeof(struct hit)), calloc(MOST, sizeof(struct mark)), 0, 0};
    if (!engine || !ahead || !one.hits || !one.marks || !two.hits || !two.marks) return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    engine_ahead_free(ahead);
    engine_free(engine);
    free(one.hits);
    free(one.marks);
    free(two.hits);
    free(two.marks);
    free(lines);
    return failed;
}
