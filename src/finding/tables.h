/* SPDX-License-Identifier: Apache-2.0 */
/* tables.h - the arrays that tools/gen_rules.py writes; only rules.c and globals.c look at them.
 * Why: lookups are code, knowledge is text in rules/. All arrays are sorted by their key's bytes.
 */
#pragma once
#include "finding/globals.h"
#include "finding/rules.h"

struct global_row {
    uint32_t key; /* "module.name", at this place of globals_keys */
    uint16_t length;
    uint16_t rule; /* of globals_rules; many rows share one */
};

struct global_rename {
    char key[48]; /* "old_module.old_name"; the name is * for a whole module */
    char module[32], name[32];
};

extern const struct rule rules_table[];
extern const size_t rules_table_count;
extern const struct control_class classes_table[];
extern const size_t classes_table_count;
extern const char globals_keys[];
extern const struct global_row globals_table[];
extern const size_t globals_table_count;
extern const struct global_rule globals_rules[];
extern const struct global_rename renames_table[];
extern const size_t renames_table_count;
