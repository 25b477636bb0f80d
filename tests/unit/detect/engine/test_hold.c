/* SPDX-License-Identifier: Apache-2.0 */
/* Streams that are held back: whatever the split, no byte of a hit leaves before the hit is told,
 * and what is told is what the whole text tells. */
#include "../../test.h"
#include "base/st.h"
#include "detect/engine/detector.h"
#include "detect/engine/hold.h"
#include <stdio.h>

static const char *examples_path;
static struct engine *engine;

struct told {
    struct hit hits[4000];
    size_t count;
};
static struct told whole, pieces;

static void note_hit(void *ctx, const struct hit *h)
{
    struct told *t = ctx;
    if (h->sureness == HIT_BARE) return;
    if (t->count < COUNT_OF(t->hits)) t->hits[t->count++] = *h;
}

static bool equal(const struct hit *x, const struct hit *y)
{
    return x->detector == y->detector && x->from == y->from && x->to == y->to &&
           x->sureness == y->sureness && x->severity == y->severity;
}

static struct engine_hold *hold;
static const char *name;
static struct slice text;
static size_t failures, base_now;

static void complain(const char *what, size_t cut, const struct hit *h)
{
    if (failures++ > 2000) return;
    char shown[1000];
    size_t n = 0;
    for (size_t i = 0; i < text.n && n + 5 < sizeof shown; i++)
        n += (size_t)snprintf(shown + n, 5, text.p[i] < ' ' ? "<%02x>" : "%c", text.p[i]);
    print_error("%s: %s at cut %zu: %s [%zu, %zu) in: %s\n", name, what, cut, h->detector->id,
                (size_t)h->from, (size_t)h->to, shown);
    for (size_t i = 0; i < pieces.count; i++)
        print_error("    told: %s [%zu, %zu)\n", pieces.hits[i].detector->id,
                    (size_t)pieces.hits[i].from, (size_t)pieces.hits[i].to);
}

static uint64_t look(size_t to, bool all)
{
    size_t keep = (size_t)engine_hold_keep(hold);
    assert_true(keep % 64 == 0);
    if (keep > base_now) base_now = keep; /* what is before is gone */
    return engine_hold_look(hold, slice_sub(text, base_now, to - base_now), base_now, all);
}

static void nothing_passed(size_t cut, uint64_t safe)
{
    for (size_t i = 0; i < whole.count; i++) {
        bool told = false;
        for (size_t k = 0; k < pieces.count; k++) told |= equal(&whole.hits[i], &pieces.hits[k]);
        if (!told && whole.hits[i].from < safe) complain("passed", cut, &whole.hits[i]);
    }
}

static void same_as_whole(size_t cut)
{
    for (size_t i = 0; i < whole.count; i++)
        if (i >= pieces.count || !equal(&whole.hits[i], &pieces.hits[i])) {
            complain("not told", cut, &whole.hits[i]);
            return;
        }
    if (pieces.count > whole.count) complain("only told", cut, &pieces.hits[whole.count]);
}

static void begin(void)
{
    engine_hold_reset(hold);
    pieces.count = base_now = 0;
}

static void all_splits(void)
{
    struct engine_sink sink = {.on_hit = note_hit, .ctx = &whole};
    whole.count = 0;
    engine_scan(engine, text, &sink);
    begin();
    uint64_t last = 0;
    for (size_t to = 1; to <= text.n; to++) {
        uint64_t safe = look(to, false);
        assert_true(safe >= last && safe <= to);
        nothing_passed(to, last = safe);
    }
    (void)look(text.n, true);
    same_as_whole(0);
    for (size_t cut = 0; cut < text.n; cut++) {
        begin();
        nothing_passed(cut, look(cut, false));
        assert_int_equal(look(text.n, true), text.n);
        same_as_whole(cut);
    }
}

static int hex_digit(int c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static uint8_t bytes[9000];

static size_t put(size_t n, const char *s)
{
    memcpy(bytes + n, s, strlen(s));
    return n + strlen(s);
}

static const struct {
    const char *before, *behind;
} around[] = {
    {"", ""},
    {"Sure, here you are:\n", "\nIs there anything else that I can do for you today?\n"},
    {"We met in 2024. ", " and that was all there is to say about it, as far as I know."},
};

static void examples(void **state)
{
    (void)state;
    static char line[8000], id[80];
    FILE *f = fopen(examples_path, "r");
    assert_non_null(f);
    size_t seen = 0;
    while (fgets(line, sizeof line, f)) {
        char *kind = strchr(line, '\t'), *hex = strchr(kind + 1, '\t') + 1;
        memcpy(id, line, (size_t)(kind - line));
        id[kind - line] = 0;
        name = id;
        for (size_t k = 0; k < COUNT_OF(around); k++) {
            size_t n = put(0, around[k].before);
            for (const char *h = hex; *h > ' '; h += 2)
                bytes[n++] = (uint8_t)(hex_digit(h[0]) << 4 | hex_digit(h[1]));
            text = slice_of(bytes, put(n, around[k].behind));
            all_splits();
            seen++;
        }
    }
    fclose(f);
    assert_true(seen > 1800);
    assert_int_equal(failures, 0);
}

/* ---- mixtures ---- */

#define MOST 1200
static struct {
    uint8_t text[3000];
    size_t n;
} pool[MOST];
static size_t pool_count;
static uint32_t seed = 1;

static uint32_t dice(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static void fill_pool(void)
{
    static char line[8000];
    FILE *f = fopen(examples_path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) && pool_count < MOST) {
        const char *hex = strchr(strchr(line, '\t') + 1, '\t') + 1;
        size_t n = 0;
        for (; *hex > ' '; hex += 2)
            pool[pool_count].text[n++] = (uint8_t)(hex_digit(hex[0]) << 4 | hex_digit(hex[1]));
        pool[pool_count++].n = n;
    }
    fclose(f);
}

/* Some examples, or pieces of them, with words that may speak of them before and behind. */
static size_t mixture(void)
{
    static const char *const joints[] = {" ",
                                         "\n",
                                         ", ",
                                         " is my ssn ",
                                         " (",
                                         ") ",
                                         "\n\n",
                                         ": ",
                                         "\"",
                                         "\", \"",
                                         " - ",
                                         " and ",
                                         " was the phone number. ",
                                         "\t",
                                         " wandb ",
                                         " as the password ",
                                         ";",
                                         " 12 ",
                                         "@",
                                         "='",
                                         " the datadog key ",
                                         " aws ",
                                         " customer ",
                                         "passport no. ",
                                         "https://",
                                         "\\n"};
    size_t n = 0;
    for (unsigned parts = 2 + dice(5); parts && n < 1200; parts--) {
        size_t k = dice((uint32_t)pool_count), from = 0, to = pool[k].n;
        if (dice(4) == 0) from = dice((uint32_t)to);
        if (dice(4) == 0) to = from + dice((uint32_t)(to - from) + 1);
        memcpy(bytes + n, pool[k].text + from, to - from);
        n = put(n + to - from, joints[dice(COUNT_OF(joints))]);
    }
    return n;
}

static void mixtures(void **state)
{
    (void)state;
    fill_pool();
    name = "mixture";
    struct engine_sink sink = {.on_hit = note_hit, .ctx = &whole};
    size_t hits = 0;
    for (unsigned round = 0; round < 3000; round++) {
        text = slice_of(bytes, mixture());
        whole.count = 0;
        engine_scan(engine, text, &sink);
        hits += whole.count;
        begin();
        uint32_t most = round % 3 == 0 ? 2 : round % 3 == 1 ? 9 : 90;
        for (size_t to = 0; to < text.n;) {
            to += 1 + dice(most);
            if (to > text.n) to = text.n;
            nothing_passed(to, look(to, false));
        }
        (void)look(text.n, true);
        same_as_whole(round);
    }
    assert_true(hits > 3000);
    assert_int_equal(failures, 0);
}

/* A byte that is no base64 ends the key for whoever reads it, but its last line still counts. */
static void broken_key(void **state)
{
    (void)state;
    size_t n = put(0, "A key: -----BEGIN EC PRIVATE "
                      "KEY-----\nMHcCAQEEIBpuVt7kQm3xY0lqYc2rW8nD5uZs1fHj9aTgE4oXvR6LoAo\xff"
                      "GCCqGSM49\nAwEHoUQDQgAEx1k2vQm8Zt0pL5yR7wN3hJ6dS4gF9aC2bE8u\n-----END EC "
                      "PRIVATE KEY-----\nand no more");
    name = "broken key";
    text = slice_of(bytes, n);
    all_splits();
    assert_int_equal(whole.count, 1);
    assert_int_equal(failures, 0);
}

int main(int argc, char **argv)
{
    assert_true(argc > 1);
    examples_path = argv[1];
    engine = engine_new();
    struct engine_sink sink = {.on_hit = note_hit, .ctx = &pieces};
    hold = engine_hold_new(engine, &sink);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples),
        cmocka_unit_test(mixtures),
        cmocka_unit_test(broken_key),
    };
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    engine_hold_free(hold);
    engine_free(engine);
    return rc;
}
