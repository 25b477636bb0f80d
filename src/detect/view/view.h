/* SPDX-License-Identifier: Apache-2.0 */
/* view.h - a text as a reader, a model or a decoder would see it.
 * Why: a key in base64, a word with zero-width characters inside or with a Cyrillic letter is the
 * same key and the same word. A view is a decoded form with a map back to the bytes it came from.
 * Views are made only where the engine's marks ask for them, and only when what comes out is text.
 * A long run comes in several views that overlap by VIEW_OVERLAP bytes, so nothing is left out.
 * Owns: a view lives in the arena given; it is taken back when views_of() returns.
 * Threads: pure.   Fails: ST_NOMEM. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "detect/engine/engine.h"

enum view_kind {
    VIEW_FOLDED, /* NFKD without accents, invisible characters out, look-alikes to ASCII */
    VIEW_TAGS,   /* what the tag characters say */
    VIEW_SELECTORS,
    VIEW_BASE64,
    VIEW_HEX,
    VIEW_PERCENT,
    VIEW_ESCAPES,
    VIEW_ENTITIES,
    VIEW_ROT13,
};

#define VIEW_CHUNK   32768u /* source bytes of one view, about */
#define VIEW_OVERLAP 1024u

struct view {
    enum view_kind kind;
    struct slice text;
    const uint32_t *map; /* text.p[i] came from source byte map[i]; map[text.n] is the end */
};
typedef void view_fn(void *ctx, const struct view *v);

/* Every view of source[mark->from, mark->to) that differs from it and that the mark calls for:
 * MARK_HIGH folds, the others decode. */
MUST_USE enum st views_of(struct arena *a, struct slice source, const struct mark *mark,
                          view_fn *emit, void *ctx);
MUST_USE enum st view_rot13(struct arena *a, struct slice source, size_t from, size_t to,
                            view_fn *emit, void *ctx);
const char *view_name(enum view_kind kind); /* "base64", ... for evidence */
