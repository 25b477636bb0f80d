/* SPDX-License-Identifier: Apache-2.0 */
/* result.h - the outcome of one run: what was looked at, what was found, what the gate says.
 * Why: reports, baselines and policy all read this one structure (schema merlon.result/1).
 * Owns: nothing outside its arena.   Threads: filled by one, read by many. */
#pragma once
#include "base/arena.h"
#include "finding/claim.h"
#include "finding/finding.h"

enum subject_kind {
    SUBJECT_MODEL,
    SUBJECT_DATASET,
    SUBJECT_NOTEBOOK,
    SUBJECT_CODE,
    SUBJECT_CONFIG,       /* of a model */
    SUBJECT_SETTINGS,     /* of what is built and run with it */
    SUBJECT_DEPENDENCIES, /* manifests and locks */
    SUBJECT_ARCHIVE,
    SUBJECT_OTHER,
    SUBJECT_KINDS,
};

const char *subject_kind_name(enum subject_kind kind); /* "model", "dataset", ... */

struct subject {
    struct slice path;
    enum subject_kind kind;
    struct slice format; /* "pickle", "safetensors", ... ; "" when unknown */
    uint64_t bytes;
    char sha256[65];     /* "" = not computed */
    struct slice detail; /* a JSON object: the model card */
    uint64_t unread;     /* bytes that were not looked at; > 0 comes with a finding */
    bool not_inspected;  /* something in it could not be looked at */
};

const char *claim_store_name(enum claim_store store); /* "dvc", ... */

/* What the records of a store came to (scan/layout.h). */
struct store_count {
    uint64_t recorded; /* files that its records name */
    uint64_t held;     /* their content is what was recorded */
    uint64_t changed, missing, unlisted;
    uint64_t unchecked; /* nobody could tell: no digest, or out of reach */
    bool weak;          /* some by MD5 or SHA-1, which do not protect against deliberate exchange */
};

/* A recorded file that could not be compared. */
struct store_gap {
    struct slice path, why;
};

struct gate {
    bool enabled; /* false: --fail-on none */
    enum severity fail_on;
    bool passed;
    size_t at_or_above; /* open findings that fail it */
    struct slice reasons[8];
    size_t reason_count;
};

struct result {
    struct arena *arena;
    struct slice rules; /* their version */
    struct slice target;
    const struct slice *targets; /* one by one, when there are several */
    size_t target_count;
    struct slice base; /* folder that paths start from, as seen from where merlon runs; "" = here */
    char started[21];  /* RFC 3339 */
    double seconds;
    struct subject *subjects;
    size_t subject_count, subject_room;
    struct finding *findings;
    size_t finding_count, finding_room;
    uint64_t files, bytes;
    size_t by_kind[SUBJECT_KINDS];
    size_t media; /* pictures and pages that were read: no subjects unless something is wrong */
    size_t by_severity[SEV_COUNT]; /* open findings */
    size_t not_inspected, suppressed, known, fixed;
    uint64_t not_inspected_bytes;
    size_t
        not_covered[SUBJECT_KINDS]; /* files of kinds that this version counts but does not judge */
    size_t skipped_dirs;            /* .git, environments, caches */
    size_t own_files;               /* this run's baseline and reports, where they lie in its way */
    bool baseline;                  /* a baseline was given */
    bool structure_only;            /* --no-hash: tensor bytes were not read */
    struct store_count stores[CLAIM_STORES];
    struct store_gap *gaps;
    size_t gap_count, gap_room;
    struct slice notes[16]; /* said once, to people: "kernel without landlock", ... */
    size_t note_count;
    struct gate gate;
    struct slice statistics; /* a JSON object: what `merlon data` counted; empty = none */
};

void result_init(struct result *r, struct arena *arena);
/* Copy into the result; slices inside must already live in r->arena. NULL when memory is out. */
struct finding *result_add_finding(struct result *r, const struct finding *f);
bool result_add_gap(struct result *r, const struct store_gap *g);
struct subject *result_add_subject(struct result *r, const struct subject *s);
/* One line for people; what is too much is left out. */
void result_note(struct result *r, struct slice text);
/* Sort findings, fill in counters from findings and subjects. */
void result_finish(struct result *r);
