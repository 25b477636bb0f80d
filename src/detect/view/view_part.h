/* SPDX-License-Identifier: Apache-2.0 */
/* view_part.h - what the makers of views share: output with its map. */
#pragma once
#include "detect/view/view.h"

struct view_out {
    uint8_t *p;
    uint32_t *map;
    size_t n, room;
};

static inline void view_put(struct view_out *o, uint8_t byte, size_t from)
{
    if (o->n >= o->room) return;
    o->p[o->n] = byte;
    o->map[o->n++] = (uint32_t)from;
}

/* The code point as UTF-8, all of it from one place. */
void view_put_code(struct view_out *o, uint32_t code, size_t from);

/* Is it text: valid UTF-8, hardly any control characters, long enough to say something? The last
 * character may be cut. */
bool view_is_text(struct slice s);

/* Makers: read source[from, to), give the place where they stopped. */
size_t fold_part(struct view_out *o, struct slice source, size_t from, size_t to);
size_t tags_part(struct view_out *o, struct slice source, size_t from, size_t to);
size_t selectors_part(struct view_out *o, struct slice source, size_t from, size_t to);
size_t base64_part(struct view_out *o, struct slice source, size_t from, size_t to);
size_t hex_part(struct view_out *o, struct slice source, size_t from, size_t to);
size_t escapes_part(struct view_out *o, struct slice source, size_t from, size_t to);
size_t rot13_part(struct view_out *o, struct slice source, size_t from, size_t to);

/* The first form of escape in the range; false: there is none. */
bool escapes_kind(struct slice source, size_t from, size_t to, enum view_kind *ret_kind);
