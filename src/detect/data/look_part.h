/* SPDX-License-Identifier: Apache-2.0 */
/* look_part.h - what look.c and look_say.c share. */
#pragma once
#include "detect/data/hidden.h"
#include "detect/data/inject.h"
#include "detect/data/look.h"
#include "detect/view/view.h"

#define VIA_MAX       64u
#define GIBBERISH_MAX 64u

/* The text itself, or a view of it that has marks. */
struct look_source {
    struct look_source *next;
    struct slice text;
    const uint32_t *map; /* to the text itself; NULL: it is that */
    const struct mark *marks;
    size_t mark_count;
    unsigned depth;
    char via[VIA_MAX];
};

struct look {
    struct engine *engine;
    struct aside *aside;
    struct inject *inject;
    struct mark *marks, *nested;
    size_t mark_count, nested_count;
    struct arena views, waiting, names;
    struct look_source *first, **last;
    /* of the present text */
    bool nomem, skipped, stopped; /* see look_text() */
    struct slice text;
    const struct look_sink *sink;
    enum inject_kind inject_kind;
    /* of the text, found aside */
    struct inject_anchors anchors;
    struct look_gibberish {
        size_t from, to;
    } gibberish[GIBBERISH_MAX];
    size_t gibberish_count; /* may be more than there is room for */
    struct hidden_scan hidden;
    struct mark fold; /* waits for its neighbours */
    struct look_source *source;
    const struct view *view;
    char via[VIA_MAX];
    const char *named; /* via, kept; NULL: not yet for this view */
};

void look_hidden(struct look *l, const struct hidden *h);
void look_injection(struct look *l, const struct injection *f, struct slice seen, size_t from,
                    size_t to, const char *via);
void look_note(struct look *l, const struct look_note *note, const char *via);
