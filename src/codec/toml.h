/* SPDX-License-Identifier: Apache-2.0 */
/* toml.h - reading TOML 1.0 into a small tree, with places.
 * Why: settings and ignore files are written by people, who want to know line, column and the fix.
 * Owns: nothing; nodes and unescaped texts live in the arena, other texts are pieces of the input.
 * Threads: one owner.   Fails: NULL and a toml_error, at the first thing that is wrong.
 * Limits: 1 MiB, 16384 values, 1024 keys in one table, 32 levels; no recursion. */
#pragma once
#include "base/arena.h"
#include "base/st.h"

enum toml_kind {
    TOML_STRING,
    TOML_INTEGER,
    TOML_FLOAT,
    TOML_BOOL,
    TOML_DATE, /* dates, times and both; the text is as written */
    TOML_ARRAY,
    TOML_TABLE,
};

struct toml_node {
    enum toml_kind kind;
    struct slice key;  /* of a table's child */
    struct slice text; /* of a string; of numbers, dates and booleans: as written */
    int64_t number;
    double real;
    bool on;
    struct toml_node *first, *last, *next; /* children, and the next sibling */
    size_t count;                          /* children */
    size_t line, column;                   /* of the key, or of the value in an array; from 1 */
    unsigned how;                          /* how a table came to be: see toml.c */
};

struct toml_error {
    size_t line, column;
    const char *what, *fix;
    enum st st;               /* ST_MALFORMED; ST_LIMIT: a limit of ours; ST_NOMEM */
    struct toml_node *before; /* what was read before the fault; NULL: nothing */
};

struct toml_node *toml_parse(struct slice in, struct arena *arena, struct toml_error *ret_error);
/* A child by its key; NULL when absent. */
struct toml_node *toml_get(const struct toml_node *table, struct slice key);
const char *toml_kind_name(enum toml_kind kind); /* "a string" */
