/* SPDX-License-Identifier: Apache-2.0 */
/* redact.h - a copy of a data file without its secrets and personal values.
 * Why: findings say where such values are; this changes exactly those bytes and no others, so the
 * copy stays the table, the JSON or the text that it was, in the same character set.
 *
 *    IN -- worker: read and judge --> spans --sort, vote--> copy with replacements --> OUT
 *                     ^                                                                |
 *                     +--- judged once more: what is still recognised is blanked ------+
 *
 * The parent opens IN, makes a nameless file beside OUT and gives both to the sandboxed worker; OUT
 * gets its name only after the worker has said that nothing is left in it.
 * Owns: nothing after it returns.   Threads: one owner.   Fails: see struct redact_result. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "finding/result.h"

enum redact_mode {
    REDACT_MASK,  /* as evidence is shown: a***@e******.org */
    REDACT_TOKEN, /* <email:4F7K22QX3D5M>: the same value gives the same token under one key */
    REDACT_DROP,  /* the value goes: an empty cell, null, nothing */
};

struct redact_options {
    const char *in, *out; /* out NULL: only count; "-" stands for standard input and output */
    enum redact_mode mode;
    struct slice key;          /* for tokens, at least REDACT_KEY_MIN bytes */
    struct slice only, except; /* rule patterns with commas: "pii.*,secret.*"; empty = all, none */
    bool force;                /* replace OUT */
    uint64_t timeout_ns;
    const char *spool_dir; /* NULL: memory */
    struct arena *arena;
};

#define REDACT_KEY_MIN 16u

enum redact_end {
    REDACT_DONE,
    REDACT_UNREAD,  /* a part could not be inspected: nothing was written */
    REDACT_BINARY,  /* no text that could be changed in place */
    REDACT_UNKNOWN, /* nothing that is recognised */
    REDACT_TROUBLE, /* input, output, memory: `why` */
};

struct redact_count {
    struct slice rule;
    uint64_t values;
};

struct redact_result {
    enum redact_end end;
    struct slice why;
    struct slice format, encoding;
    uint64_t records, values, keys_left, bytes_in, bytes_out;
    struct redact_count *counts; /* by rule, most first */
    size_t count;
    char sha256[65]; /* of OUT */
};

/* Findings about what is malformed or was not looked at are added to the result. */
void redact_run(const struct redact_options *o, struct redact_result *ret, struct result *findings);
/* Does the comma-separated list of patterns mean this rule? "pii" is "pii.*". */
bool redact_names(struct slice patterns, struct slice rule);
