/* SPDX-License-Identifier: Apache-2.0 */
/* look.h - everything there is to see in one text: what the data judge calls per block and value.
 * Why: secrets, personal data, hidden characters, instructions to a model and formulas are looked
 * for in one go, in the text as it lies and in every decoded form of it that the engine's marks ask
 * for. Places are always bytes of the text given.
 *
 *    text ─> engine ─> hits, marks ─┬─> hidden characters            (non-ASCII runs)
 *                                   ├─> views ─> engine, instructions (base64, folded, ...)
 *                                   └─> instructions                  (anchors)
 *
 * Owns: a struct look owns its scratch memory and lives as long as its worker; it borrows the
 * engine. What a sink gets lives until it returns.   Threads: one owner.
 * Fails: ST_NOMEM and ST_LIMIT say that decoded forms were not looked at. */
#pragma once
#include "base/aside.h"
#include "base/st.h"
#include "detect/engine/engine.h"

enum look_kind {
    LOOK_PROSE,   /* documents: talk about attacks is expected in them */
    LOOK_CODE,    /* strict about characters that turn the writing around */
    LOOK_RECORDS, /* a run of records as they lie, one or more lines each */
    LOOK_VALUE,   /* one decoded value */
    LOOK_CELL,    /* one decoded value of a table that a spreadsheet may open: formulas too */
};

struct look_hit {
    const struct hit *hit; /* from, to: in the text given */
    struct slice value;    /* what matched, decoded */
    const char *via;       /* NULL: as it lies; "base64", "percent in base64", ...; lives until the
                              next look_text() */
};
typedef void look_hit_fn(void *ctx, const struct look_hit *hit);

/* Something that is a finding by itself: rules data.hidden-*, data.formula, inject.*. */
struct look_note {
    const char *rule;
    enum severity severity;
    uint64_t from, to;
    const char *message;
    struct slice evidence; /* made to be shown: escaped, short */
    const char *via;       /* as of a hit */
    bool unless_format;    /* of records: only when its value is not look_is_format() */
};
typedef void look_note_fn(void *ctx, const struct look_note *note);

/* A decoded form of a part of the text: look_view_place() says where a byte of it came from. */
struct look_view {
    struct slice text;
    const char *via;
    const uint32_t *map, *outer; /* outer: NULL, or the map of the view that it is a view of */
};
typedef void look_view_fn(void *ctx, const struct look_view *view);
static inline size_t look_view_place(const struct look_view *v, size_t i)
{
    return v->outer ? v->outer[v->map[i]] : v->map[i];
}

/* True: no more is looked for. Asked now and then. */
typedef bool look_enough_fn(void *ctx);

/* False: there are so many of these that its evidence need not be made. */
typedef bool look_wanted_fn(void *ctx, const char *rule, enum severity s);

struct look_sink {
    look_hit_fn
        *on_hit; /* NULL: not wanted. Plain ones in the order of `from`, decoded ones after */
    look_note_fn *on_note; /* NULL: not wanted */
    void *ctx;
    const uint64_t *armed;  /* see engine_sink; for the text as it lies */
    look_wanted_fn *wanted; /* NULL: evidence always is */
    look_view_fn *on_view;  /* NULL: not wanted */
    look_enough_fn *enough; /* NULL: never */
};

struct look;
struct look *look_new(struct engine *e); /* NULL, also for no engine: memory is out */
/* A second thread, for large texts. NULL, as at first: there is none. */
void look_set_aside(struct look *l, struct aside *aside);
struct aside *look_aside(const struct look *l);
void look_free(struct look *l);
/* ST_LIMIT: the text itself was searched, some of its encoded parts are nested deeper or are more
 * than is followed; or the sink had enough. ST_NOMEM: memory ran out, so that anything may be
 * missing. */
MUST_USE enum st look_text(struct look *l, struct slice text, enum look_kind kind,
                           const struct look_sink *sink);

/* Is the value a conversation that was written out in a chat format from its start? Then control
 * tokens in it are what they should be. */
bool look_is_format(struct slice value);

/* Is this cell active content in a spreadsheet? For readers of blocks that do not decode cells. */
bool formula_cell(struct slice cell, struct look_note *ret_note);
/* The bytes of the sign (= + - @, or one of them in full width) that s begins with; 0: none. */
size_t formula_sign(struct slice s, uint8_t *ret_sign);
