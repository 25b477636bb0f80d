/* SPDX-License-Identifier: Apache-2.0 */
/* surface_inner.c - JSON inside a JSON string, as arguments of tools are sent. It is told as a
 * whole; strings in it that hold escapes of their own are told once more, resolved: the tool will
 * read them so, and "\\u0041" must not be a way to write an A that nobody sees.
 *
 *     "arguments": "{\"key\":\"\\u0041KIA...\"}"
 *                           ^^^^^^^^^^^^^  PART_TWICE, text AKIA...
 */
#include "codec/json.h"
#include "guard/surface/surface_walk.h"

/* From places in the text of a part to places in the body, forwards only. */
struct follow {
    struct slice raw;
    size_t from; /* of raw in the body */
    size_t at, done;
};

static size_t follow_to(struct follow *f, size_t text_at)
{
    uint8_t bytes[4];
    while (f->done < text_at && f->at < f->raw.n) f->done += json_char(f->raw, &f->at, bytes);
    return f->from + f->at;
}

/* The strings of one part; `*p` may move while parts are added. */
static bool tell_strings(struct surface_doc *doc, struct part outer, size_t *room,
                         struct arena *arena)
{
    struct json j;
    struct follow f = {slice_sub(doc->json, outer.from, outer.to - outer.from), outer.from, 0, 0};
    json_init(&j, outer.text);
    while (json_next(&j) != JSON_END && j.token != JSON_BAD) {
        size_t from;
        if ((j.token != JSON_STRING && j.token != JSON_KEY) || !j.escaped) continue;
        if (!slice_inside(outer.text, j.raw, &from)) continue;
        void *list = doc->parts;
        struct part *p = walk_more(arena, &list, doc->part_count, room, sizeof *p);
        doc->parts = list;
        struct slice text = json_text(&j, arena);
        if (!p || !text.p) return false;
        *p = outer;
        p->coding = PART_TWICE;
        p->flags = j.token == JSON_KEY ? PART_KEY : 0;
        p->from = follow_to(&f, from);
        p->to = follow_to(&f, from + j.raw.n);
        p->text = text;
        doc->part_count++;
    }
    return true;
}

bool walk_inner(struct surface_doc *doc, struct arena *arena)
{
    size_t count = doc->part_count, room = count;
    for (size_t i = 0; i < count; i++) {
        struct part p = doc->parts[i];
        if (!(p.flags & PART_JSON) || p.flags & PART_GROWS) continue;
        if (slice_find_byte(p.text, '\\') == SIZE_MAX) continue;
        if (!tell_strings(doc, p, &room, arena)) return false;
    }
    return true;
}
