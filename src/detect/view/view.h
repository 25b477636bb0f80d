/* SPDX-License-Identifier: Apache-2.0 */
/* view.h - a text as a reader, a model or a decoder would see it.
 * Why: a key in base64, a word with zero-width characters inside or with a Cyrillic letter is the
 * same key and the same word. A view is a decoded form with a map back to the bytes it came from.
 * Views are made only where the engine's marks ask for them.
 * Owns: a view lives in the arena given.   Threads: pure.   Fails: ST_NOMEM. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "detect/engine/engine.h"

enum view_kind {
    VIEW_FOLDED /* NFKC, invisible characters out, look-alikes to ASCII */,
    VIEW_BASE64,
    VIEW_HEX,
    VIEW_PERCENT,
    VIEW_ESCAPES,
    VIEW_ENTITIES,
    VIEW_ROT13,
    VIEW_TAGS
};

struct view {
    enum view_kind kind;
    struct slice text;
    unsigned depth;      /* views of views: base64 in base64 */
    const uint32_t *map; /* text.p[i] came from source byte map[i]; map[text.n] is the end */
};
typedef void view_fn(void *ctx, const struct view *v);

/* Every view of `source` that differs from it and that `mark` calls for. */
MUST_USE enum st views_of(struct arena *a, struct slice source, const struct mark *mark,
                          view_fn *emit, void *ctx);
const char *view_name(enum view_kind kind); /* "base64", ... for evidence */
