/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.h - download what a list names, and keep nothing that is not what the list says.
 * Why: a dataset that is a list of URLs is whatever stands there today. Each file is hashed while
 * it comes in, lies under NAME.part until its hash is right, and only then gets its name.
 *
 *    row -> there already? -> NAME.part -> request -> bytes -> hash -> right? -> NAME
 *              |  hash        re-hashed,    |  redirect, retry,    no: removed
 *              v              If-Range      v  resume
 *
 * Owns: its connections and descriptors while it runs.   Threads: one; the caller's.
 * Fails: ST_IO when the folder cannot be used, ST_UNSUPPORTED without libcurl; each row has its
 * own outcome. */
#pragma once
#include "scan/fetch_list.h"

enum fetch_outcome {
    FETCH_WAITING,
    FETCH_NEW,        /* downloaded, and what the list says */
    FETCH_PRESENT,    /* was there already, and is what the list says */
    FETCH_UNVERIFIED, /* downloaded without a hash in the list, which was allowed */
    FETCH_MISMATCH,   /* not what the list says: not kept */
    FETCH_UNHASHED,   /* the list names no hash: not fetched */
    FETCH_REFUSED,    /* the row, its name, its address or its size is not acceptable */
    FETCH_FAILED,     /* the server or the network did not give it */
    FETCH_IO,         /* it could not be written */
    FETCH_OUTCOMES,
};

const char *fetch_outcome_name(enum fetch_outcome o); /* "fetched", "present", "mismatch" ... */

struct fetch_result { /* one per row */
    enum fetch_outcome outcome;
    char sha256[65]; /* of what came, or is there; "" = nothing came */
    uint64_t bytes, received;
    struct slice why; /* for people; in the arena */
};

struct fetch_progress {
    size_t done, total;
    uint64_t received;
};

struct fetch_options {
    const char *dir;
    unsigned jobs, retries, silence_s;
    uint64_t max_size; /* of one file */
    bool allow_unhashed, allow_private, force;
    struct arena *arena;
    void (*on_progress)(void *ctx, const struct fetch_progress *p);
    void (*on_row)(void *ctx, size_t i, const struct fetch_result *r); /* its outcome is known */
    void *ctx;
};

/* results: one per row, filled in. */
MUST_USE enum st fetch_run(const struct fetch_options *o, const struct fetch_list *list,
                           struct fetch_result *results);
