/* SPDX-License-Identifier: Apache-2.0 */
/* config_keys.h - the keys of guard.toml in tables: where a value goes, what it may be.
 * Adding a key? One row in config_keys.c, one line in doc/guard.md. */
#pragma once
#include "codec/toml.h"
#include "guard/config.h"

enum key_kind { KEY_TEXT, KEY_LIST, KEY_COUNT, KEY_SIZE, KEY_TIME };

struct key {
    const char *name;
    enum key_kind kind;
    size_t at, at_count; /* offsets; at_count: of a list's length */
    uint64_t least, most, usual;
    const char *choices; /* "a|b" */
};

enum section {
    SECTION_TOP,
    SECTION_LIMITS,
    SECTION_TIMEOUTS,
    SECTION_LISTEN,
    SECTION_UPSTREAM,
    SECTION_ROUTE,
    SECTION_COUNT
};

struct reader {
    const char *file;
    struct arena *arena;
    struct buf *why;
    size_t faults;
};

/* Values of the table into the struct at `base`; what is not set gets its usual value. `table` may
 * be NULL. */
void section_read(struct reader *r, enum section s, const struct toml_node *table, void *base);
/* "guard.toml:3: ..." */
void reader_fault(struct reader *r, const struct toml_node *at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
