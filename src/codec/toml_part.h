/* SPDX-License-Identifier: Apache-2.0 */
/* toml_part.h - what the two halves of the TOML reader share.
 * Owns: nothing.   Threads: one owner.   Fails: false, with the error set once. */
#pragma once
#include "codec/toml.h"

struct toml {
    struct slice in;
    size_t at;
    size_t line, line_at; /* the current line and where it begins */
    struct arena *arena;
    struct toml_error *error;
    struct toml_node *root, *table;
    size_t nodes;
};

/* The byte `ahead`, -1 at the end. */
int toml_peek(const struct toml *t, size_t ahead);
/* Consume one byte, counting lines. */
void toml_step(struct toml *t);
bool toml_fail(struct toml *t, const char *what, const char *fix);
/* The fault is not the text's: ST_LIMIT, ST_NOMEM. */
bool toml_stop(struct toml *t, enum st st, const char *what);
void toml_blanks(struct toml *t); /* spaces and tabs */
/* At a quote: the text behind it. `multi`: three quotes may open one of many lines. */
bool toml_string(struct toml *t, bool multi, struct slice *ret);
/* At anything else but a bracket: number, boolean, date. */
bool toml_scalar(struct toml *t, struct toml_node *n);
