/* SPDX-License-Identifier: Apache-2.0 */
/* overlay.h - what a bundle changes of the rules that are compiled in.
 * Why: judges know rules by their id, and their tables are constants. So the changes are laid over
 * findings when they are collected, and over rules when they are shown: nothing else knows of them.
 * Owns: nothing; rows and texts live in the arena.   Threads: read only after overlay_read().
 * Fails: see there. */
#pragma once
#include "base/arena.h"
#include "finding/finding.h"
#include "finding/rules.h"
#include "update/update.h"

struct overlay_row {
    const struct rule *base; /* as it is compiled in */
    struct rule rule;        /* as it is now */
    bool off;                /* its findings are left out */
};

struct overlay {
    struct overlay_row **of;   /* by the place of the rule in the table; NULL: nothing changes */
    struct overlay_row **rows; /* those that there are, by id */
    size_t count, unknown;     /* lines that this program does not understand */
};

/* UPDATE_OK, UPDATE_UNSOUND (a line that no bundle may have) or UPDATE_NO_MEMORY; then nothing
 * changes. An empty text changes nothing. */
enum update_fault overlay_read(struct slice text, struct arena *a, struct overlay *ret);
/* The rule as it is now. `o` may be NULL. */
const struct rule *overlay_rule(const struct overlay *o, const struct rule *rule);
bool overlay_is_off(const struct overlay *o, const struct rule *rule);
/* The finding of a judge as it is now; false: its rule is off. */
bool overlay_finding(const struct overlay *o, struct finding *f);
