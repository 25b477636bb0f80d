/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies as they are sent (tests/golden/surface), and what every part of them is. Beside that, for
 * each of them: no string is forgotten; no prefix passes; bits flip; memory runs out; a body that
 * is rewritten with its own text says the same. A file is
 * SURFACE[-VARIANT].request|answer|events.EXT, what it says is in FILE.parts. After a change that
 * is meant: UPDATE=1 makes them anew, and git shows what changed. */
#include "../test.h"
#include <dirent.h>
#include <stdio.h>
#include "codec/json.h"
#include "codec/sse.h"
#include "guard/surface/surface_write.h"
#include "surface_show.h"

#define FILE_MAX (1u << 20)

enum kind { REQUEST, ANSWER, EVENTS };

struct golden {
    char path[512];
    const struct surface *surface;
    enum kind kind;
    enum surface_framing framing;
    struct surface_head head;
    char length[24];
    uint8_t bytes[FILE_MAX];
    size_t n;
};

static size_t read_file(const char *path, uint8_t *to, size_t max)
{
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(to, 1, max, f) : 0;
    if (f) fclose(f);
    return n;
}

/* What the name of a file says. */
static void look_up(struct golden *g, const char *name)
{
    struct slice rest = slice_str(name), ext, kind;
    size_t dot = slice_rfind_byte(rest, '.');
    ext = slice_sub(rest, dot + 1, rest.n);
    rest = slice_sub(rest, 0, dot);
    if (slice_eq(ext, S("bin"))) {
        dot = slice_rfind_byte(rest, '.');
        struct slice length = slice_sub(rest, dot + 1, rest.n);
        memcpy(g->length, length.p, length.n);
        g->head.json_length = slice_of(g->length, length.n);
        rest = slice_sub(rest, 0, dot);
    }
    if (slice_eq(ext, S("csv"))) g->head.content_type = S("text/csv; charset=utf-8");
    g->framing = slice_eq(ext, S("ndjson")) ? FRAMING_LINES : FRAMING_SSE;
    dot = slice_rfind_byte(rest, '.');
    kind = slice_sub(rest, dot + 1, rest.n);
    g->kind = slice_eq(kind, S("request"))  ? REQUEST
              : slice_eq(kind, S("answer")) ? ANSWER
                                            : EVENTS;
    rest = slice_sub(rest, 0, dot);
    g->surface = surface_named(slice_sub(rest, 0, slice_find_byte(rest, '-')));
    if (!g->surface) fail_msg("%s: no such surface", name);
}

typedef void on_file(struct golden *g);

static void each_file(on_file *f)
{
    struct golden *g = malloc(sizeof *g);
    const char *golden = getenv("GOLDEN");
    char folder[256];
    snprintf(folder, sizeof folder, "%s/surface", golden ? golden : "tests/golden");
    DIR *d = opendir(folder);
    const struct dirent *e;
    size_t count = 0;
    assert_non_null(d);
    while ((e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.' || slice_ends(slice_str(e->d_name), S(".parts"))) continue;
        memset(g, 0, offsetof(struct golden, bytes));
        snprintf(g->path, sizeof g->path, "%s/%s", folder, e->d_name);
        look_up(g, e->d_name);
        g->n = read_file(g->path, g->bytes, sizeof g->bytes);
        f(g);
        count++;
    }
    closedir(d);
    free(g);
    assert_true(count > 35);
}

/* The body or, of a stream, the event at *at (moved behind it), read. */
static bool next_doc(const struct golden *g, struct slice body, size_t *at, struct arena *arena,
                     struct surface_doc *doc, enum surface_result *ret)
{
    struct cutter c;
    size_t n = 0;
    if (g->kind != EVENTS) {
        if (*at) return false;
        *at = 1;
        *ret = g->kind == REQUEST ? surface_request(g->surface, body, &g->head, arena, doc)
                                  : surface_answer(g->surface, body, &g->head, arena, doc);
        return true;
    }
    cutter_init(&c, FILE_MAX);
    struct slice rest = slice_sub(body, *at, body.n);
    enum cut cut =
        g->framing == FRAMING_SSE ? sse_cut(&c, rest, true, &n) : lines_cut(&c, rest, true, &n);
    if (cut != CUT_DONE) return false;
    *at += n;
    *ret = surface_event(g->surface, slice_sub(rest, 0, n), g->framing, arena, doc);
    return true;
}

static void show_all(const struct golden *g, struct slice body, struct arena *arena,
                     struct buf *out)
{
    struct surface_doc doc;
    enum surface_result result;
    for (size_t at = 0, number = 0; next_doc(g, body, &at, arena, &doc, &result); number++) {
        if (g->kind == EVENTS) buf_printf(out, "== event %zu\n", number);
        if (result != SURFACE_OK)
            fail_msg("%s: event %zu: %d %s at %zu", g->path, number, (int)result, doc.why,
                     doc.where);
        show_doc(out, &doc, arena);
    }
}

static void check_golden(struct golden *g)
{
    char path[600];
    static uint8_t want[FILE_MAX];
    struct arena arena;
    struct buf out;
    arena_init(&arena, 16u << 20, 1u << 16);
    buf_init(&out, FILE_MAX);
    show_all(g, slice_of(g->bytes, g->n), &arena, &out);
    snprintf(path, sizeof path, "%s.parts", g->path);
    if (getenv("UPDATE")) {
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fwrite(out.p, 1, out.n, f);
        fclose(f);
    }
    size_t n = read_file(path, want, sizeof want);
    if (!slice_eq(buf_slice(&out), slice_of(want, n))) fail_msg("%s:\n%s", path, buf_text(&out));
    buf_done(&out);
    arena_done(&arena);
}

static void golden(void **state)
{
    (void)state;
    each_file(check_golden);
}

/* --- no string is forgotten --- */

static bool told(const struct surface_doc *doc, size_t from, size_t n)
{
    for (size_t i = 0; i < doc->part_count; i++) {
        const struct part *p = &doc->parts[i];
        if (p->to == from + n && p->from >= from && p->from <= p->to) return true;
    }
    return false;
}

static void check_strings(struct golden *g)
{
    struct arena arena;
    struct surface_doc doc;
    enum surface_result result;
    arena_init(&arena, 16u << 20, 1u << 16);
    for (size_t at = 0; next_doc(g, slice_of(g->bytes, g->n), &at, &arena, &doc, &result);) {
        struct json j;
        json_init(&j, doc.json);
        while (doc.json.p && json_next(&j) != JSON_END && j.token != JSON_BAD) {
            size_t from;
            if (j.token != JSON_STRING || !slice_inside(doc.body, j.raw, &from)) continue;
            if (!told(&doc, from, j.raw.n)) fail_msg("%s: %.*s", g->path, SLICE_ARG(j.raw));
        }
    }
    arena_done(&arena);
}

static void no_string_is_forgotten(void **state)
{
    (void)state;
    each_file(check_strings);
}

/* --- damage --- */

static void check_doc(const struct surface_doc *doc, struct arena *arena)
{
    for (size_t i = 0; i < doc->part_count; i++) {
        const struct part *p = &doc->parts[i];
        size_t from, to;
        assert_true(p->role < PART_ROLES && p->channel < PART_CHANNELS);
        assert_true(p->from <= p->to && p->to <= doc->body.n);
        assert_true(!(p->flags & ~31u));
        part_raw_range(doc->body, p, 0, p->text.n, &from, &to);
        assert_true(p->from <= from && from <= to && to <= p->to);
        struct slice path = surface_path(doc, p, PATH_ALL, arena);
        if (arena->chunk) assert_non_null(path.p);
    }
}

static void run(const struct golden *g, struct slice body, struct arena *arena, bool *ret_ok)
{
    struct surface_doc doc;
    enum surface_result result;
    *ret_ok = true;
    for (size_t at = 0; next_doc(g, body, &at, arena, &doc, &result);) {
        if (result != SURFACE_OK) {
            *ret_ok = false;
            assert_true(result == SURFACE_NOMEM || doc.why);
        }
        if (result != SURFACE_NOMEM) check_doc(&doc, arena);
    }
}

/* A body that is cut is refused; a table or a stream may end anywhere. */
static void check_prefixes(struct golden *g)
{
    struct arena arena;
    bool ok;
    size_t n = g->n;
    while (n && (g->bytes[n - 1] == '\n')) n--;
    bool open = g->kind == EVENTS || g->head.content_type.n;
    arena_init(&arena, 16u << 20, 1u << 16);
    for (size_t i = 1; i < n; i++) {
        run(g, slice_of(g->bytes, i), &arena, &ok);
        if (ok && !open) fail_msg("%s: %zu bytes of it pass", g->path, i);
        arena_reset(&arena);
    }
    arena_done(&arena);
}

static void prefixes(void **state)
{
    (void)state;
    each_file(check_prefixes);
}

/* A bit of every byte. */
static void check_flips(struct golden *g)
{
    struct arena arena;
    bool ok;
    arena_init(&arena, 16u << 20, 1u << 16);
    for (size_t i = 0; i < g->n; i++) {
        uint8_t mask = (uint8_t)(1u << i * 5 % 8);
        g->bytes[i] ^= mask;
        run(g, slice_of(g->bytes, g->n), &arena, &ok);
        g->bytes[i] ^= mask;
        arena_reset(&arena);
    }
    arena_done(&arena);
}

static void flips(void **state)
{
    (void)state;
    each_file(check_flips);
}

static void check_memory(struct golden *g)
{
    bool ok = false;
    for (size_t cap = 0; cap < 1u << 20 && !ok; cap += cap < 4096 ? 32 : cap / 16) {
        struct arena arena;
        arena_init(&arena, cap, 0);
        run(g, slice_of(g->bytes, g->n), &arena, &ok);
        arena_done(&arena);
    }
    assert_true(ok);
}

static void memory(void **state)
{
    (void)state;
    each_file(check_memory);
}

/* --- rewriting --- */

/* Every part's text replaced by itself: the parts of the result say the same. */
static void rewrite_doc(const struct golden *g, const struct surface_doc *doc, struct arena *arena)
{
    struct part_edit *edits = calloc(doc->part_count + 1, sizeof *edits);
    struct surface_doc again;
    enum surface_result result;
    struct buf out, a, b;
    size_t count = 0, at = 0;
    for (size_t i = 0; i < doc->part_count; i++)
        if (doc->parts[i].text.n && !(doc->parts[i].flags & PART_JSON) &&
            doc->parts[i].coding != PART_NUMBER)
            edits[count++] =
                (struct part_edit){&doc->parts[i], 0, doc->parts[i].text.n, doc->parts[i].text};
    buf_init(&out, FILE_MAX);
    buf_init(&a, FILE_MAX);
    buf_init(&b, FILE_MAX);
    bool sorted = true;
    for (size_t i = 1; i < count; i++) sorted &= edits[i - 1].part->from < edits[i].part->from;
    if (sorted) {
        assert_true(surface_rewrite(doc->body, edits, count, &out));
        assert_true(next_doc(g, buf_slice(&out), &at, arena, &again, &result));
        assert_int_equal(result, SURFACE_OK);
        show_doc(&a, doc, arena);
        show_doc(&b, &again, arena);
        assert_string_equal(buf_text(&a), buf_text(&b));
    }
    buf_reset(&out);
    assert_true(surface_rewrite(doc->body, NULL, 0, &out));
    assert_true(slice_eq(buf_slice(&out), doc->body));
    buf_done(&out);
    buf_done(&a);
    buf_done(&b);
    free(edits);
}

static void check_rewriting(struct golden *g)
{
    struct arena arena;
    struct surface_doc doc;
    enum surface_result result;
    arena_init(&arena, 16u << 20, 1u << 16);
    for (size_t at = 0; next_doc(g, slice_of(g->bytes, g->n), &at, &arena, &doc, &result);)
        rewrite_doc(g, &doc, &arena);
    arena_done(&arena);
}

static void rewriting(void **state)
{
    (void)state;
    each_file(check_rewriting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),   cmocka_unit_test(no_string_is_forgotten),
        cmocka_unit_test(prefixes), cmocka_unit_test(flips),
        cmocka_unit_test(memory),   cmocka_unit_test(rewriting)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
