/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_surface_request.c - requests and answers. The first byte chooses the surface, the second
 * what stands in the headers and which part is replaced. What passes tells every string of its
 * JSON, and still passes after a part was replaced. */
#include "fuzz.h"
#include "base/arena.h"
#include "codec/json.h"
#include "guard/surface/surface_walk.h"
#include "guard/surface/surface_write.h"
#include <stdio.h>
#include <stdlib.h>

struct way {
    const struct surface *surface;
    struct surface_head head;
    bool answer;
};

static enum surface_result read_it(const struct way *w, struct slice body, struct arena *arena,
                                   struct surface_doc *doc)
{
    return w->answer ? surface_answer(w->surface, body, &w->head, arena, doc)
                     : surface_request(w->surface, body, &w->head, arena, doc);
}

static void check_part(const struct surface_doc *doc, const struct part *p, struct arena *arena)
{
    size_t from, to;
    if (p->role >= PART_ROLES || p->channel >= PART_CHANNELS || p->flags & ~31u) abort();
    if (p->from > p->to || p->to > doc->body.n || !p->text.p) abort();
    part_raw_range(doc->body, p, 0, p->text.n, &from, &to);
    if (p->from > from || from > to || to > p->to) abort();
    if (!surface_path(doc, p, PATH_NAMED, arena).p) abort();
}

/* Parts come in the order of the body, so one pass finds them. */
static void every_string(const struct surface_doc *doc)
{
    struct json j;
    size_t i = 0, from;
    json_init(&j, doc->json);
    while (doc->json.p && json_next(&j) != JSON_END && j.token != JSON_BAD) {
        if (j.token != JSON_STRING || !slice_inside(doc->body, j.raw, &from)) continue;
        while (i < doc->part_count && doc->parts[i].to < from + j.raw.n) i++;
        if (i == doc->part_count || doc->parts[i].to != from + j.raw.n) abort();
    }
}

static void replace(const struct way *w, const struct surface_doc *doc, enum surface_result result,
                    size_t which, struct arena *arena)
{
    struct surface_doc again;
    struct buf out;
    const struct part *p = &doc->parts[which % doc->part_count];
    struct part_edit edit = {p, 0, p->text.n, S("[pii \"x\"]")};
    if (p->flags & PART_KEY || !p->text.n) return;
    buf_init(&out, 1u << 20);
    if (!surface_rewrite(doc->body, &edit, 1, &out)) abort();
    enum surface_result after = read_it(w, buf_slice(&out), arena, &again);
    /* types and roles may be what was replaced: then it is another body, but never a broken one */
    if (after == SURFACE_REFUSED && result != SURFACE_REFUSED) abort();
    buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct surface_doc doc;
    char length[24];
    if (size < 2) return 0;
    struct way w = {.surface = &surface_rows[data[0] % surface_row_count], .answer = data[1] & 1};
    if (data[1] & 2) w.head.content_type = S("text/csv");
    if (data[1] & 4) {
        snprintf(length, sizeof length, "%u", data[1] / 8u * 8u);
        w.head.json_length = slice_str(length);
    }
    arena_init(&arena, 16u << 20, 4096);
    enum surface_result result = read_it(&w, slice_of(data + 2, size - 2), &arena, &doc);
    if (result == SURFACE_NOMEM) abort();
    if (result != SURFACE_OK && !doc.why) abort();
    for (size_t i = 0; i < doc.part_count && i < 64; i++) check_part(&doc, &doc.parts[i], &arena);
    if (result == SURFACE_OK || result == SURFACE_UNKNOWN) {
        every_string(&doc);
        if (doc.part_count) replace(&w, &doc, result, data[1], &arena);
    }
    arena_done(&arena);
    return 0;
}
