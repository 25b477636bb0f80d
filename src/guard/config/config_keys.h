/* SPDX-License-Identifier: Apache-2.0 */
/* config_keys.h - the keys of guard.toml in tables: where a value goes, what it may be.
 * Adding a key? One row in config_keys.c or policy_keys.h, one line in doc/guard.md. */
#pragma once
#include "codec/toml.h"
#include "guard/config/config.h"

enum key_kind { KEY_TEXT, KEY_LIST, KEY_COUNT, KEY_SIZE, KEY_TIME };

struct key {
    const char *name;
    enum key_kind kind;
    size_t at, at_count; /* offsets; at_count: of a list's length */
    uint64_t least, most, usual;
    const char *choices; /* "a|b"; of a list: what each may be */
};

enum section {
    SECTION_TOP,
    SECTION_LIMITS,
    SECTION_TIMEOUTS,
    SECTION_LOG,
    SECTION_LISTEN,
    SECTION_UPSTREAM,
    SECTION_ROUTE,
    SECTION_POLICY,
    SECTION_SCOPE,
    SECTION_ROW,
    SECTION_TENANT,
    SECTION_COUNT
};

struct reader {
    const char *file;
    struct arena *arena;
    struct buf *why;
    size_t faults;
    struct buf *notes; /* what is allowed and hardly meant; NULL: nobody listens */
};

/* Values of the table into the struct at `base`; what is not set gets its usual value. `table` may
 * be NULL. */
void section_read(struct reader *r, enum section s, const struct toml_node *table, void *base);
/* The tables of [[name]] in this one, as a list by `next`; NULL: there are none. Of "policy.row"
 * the table given is [policy]. */
const struct toml_node *section_tables(struct reader *r, const struct toml_node *table,
                                       const char *name, size_t most, size_t *ret_count);
/* "guard.toml:3: ..." */
void reader_fault(struct reader *r, const struct toml_node *at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* The same into notes, and no fault. */
void reader_note(struct reader *r, const struct toml_node *at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
