/* SPDX-License-Identifier: Apache-2.0 */
/* settings.h - the value of every option, and where it comes from.
 * Why: options > environment > project > user > system, one rule for all of them: sources are put
 * in that order, and a value that a stronger source has set stays.
 * Owns: nothing; texts live in the arena.   Threads: one owner.   Fails: false and a sentence. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "cli/options.h"

enum origin { /* stronger first */
              ORIGIN_NONE,
              ORIGIN_OPTION,
              ORIGIN_ENVIRONMENT,
              ORIGIN_PROJECT,
              ORIGIN_USER,
              ORIGIN_SYSTEM,
};

struct setting {
    enum origin origin;
    struct slice where; /* "merlon.toml:3", "MERLON_JOBS" */
    bool on;            /* flags */
    uint64_t number;    /* numbers, bytes, seconds */
    struct slice *text; /* all others; one item but for lists */
    size_t count, room;
};

struct settings {
    struct arena *arena;
    struct setting of[OPT_COUNT];
};

void settings_init(struct settings *s, struct arena *arena);
/* Set, unless a stronger source did already. For flags the text is a boolean. `why` gets the rest
 * of a sentence that begins with the name: "takes a number, not 'x'". */
bool settings_put(struct settings *s, enum opt o, struct slice text, enum origin origin,
                  struct slice where, struct buf *why);
bool setting_on(const struct settings *s, enum opt o);
struct slice setting_text(const struct settings *s, enum opt o); /* empty when not set */
/* The value in effect as merlon.toml would spell it, defaults included. */
void setting_say(const struct settings *s, enum opt o, struct buf *out);
