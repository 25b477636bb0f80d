/* SPDX-License-Identifier: Apache-2.0 */
/* settings_make.h - how the readers of configuration build an EV_SETTINGS document.
 * Owns: a list in the reading's arena.   Threads: one owner.
 * Fails: sticky, `st`: ST_NOMEM, or ST_LIMIT when there are too many settings. */
#pragma once
#include "base/st.h"
#include "read/code/code.h"
#include "read/reading.h"

#define SETTING_MAX  200000u
#define SETTING_NONE UINT32_MAX
#define SETTING_TEXT ((size_t)8 << 20) /* longer files are no settings */

struct settings_maker {
    struct arena *arena;
    struct slice text; /* places are counted in it */
    struct code_setting *list;
    size_t count, room;
    enum st st;
    size_t at, line_start; /* a place and its line */
    uint32_t line;
};

/* A key, or where a list item stands. */
struct setting_key {
    struct slice text;
    size_t at;
};

void settings_begin(struct settings_maker *m, struct arena *arena, struct slice text);
/* The line and column (from 1) of a byte; cheap in order. */
void settings_place(struct settings_maker *m, size_t at, uint32_t *ret_line, uint32_t *ret_column);
/* Its index, or SETTING_NONE after a failure. Maps and lists want settings_close(). */
uint32_t settings_add(struct settings_maker *m, uint32_t parent, enum setting_kind kind,
                      struct setting_key key, struct slice value, size_t at, size_t length);
void settings_close(struct settings_maker *m, uint32_t index);
/* What `of` holds and is, once more below `parent`. */
void settings_copy(struct settings_maker *m, uint32_t parent, struct setting_key key, uint32_t of);
/* A direct child by its key; SETTING_NONE: there is none. The last of its name. */
uint32_t settings_child(const struct code_setting *list, uint32_t map, struct slice key);
void settings_tell(struct settings_maker *m, const struct reading *r, enum dialect dialect);
/* The last part of the layer's name. */
struct slice settings_name(const struct reading *r);
