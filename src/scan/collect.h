/* SPDX-License-Identifier: Apache-2.0 */
/* collect.h - from records to the result; the one place where threads meet.
 * Owns: nothing; the result and its arena are the caller's.   Threads: serialised inside.
 * Fails: `nomem` is set, and scan_run ends with ST_NOMEM. */
#pragma once
#include "scan/layout.h"
#include "scan/record.h"
#include "scan/relate.h"
#include "scan/scan.h"
#include <pthread.h>

struct named; /* sign/named.h */

struct collector {
    pthread_mutex_t lock;
    const struct scan_options *options;
    struct result *result;
    struct scan_progress progress;
    struct relate relate;
    struct layout layout;
    bool nomem;
};

void collector_init(struct collector *c, const struct scan_options *o, struct result *r);
void collector_done(struct collector *c);

struct collected {            /* one file */
    struct slice path, inner; /* inner: the commit of an earlier version, or empty */
    uint64_t bytes;
    char sha256[65];           /* "" = not computed */
    struct slice records;      /* length:u32 record ... */
    const char *trouble;       /* NULL, or why the worker did not finish */
    bool changed;              /* somebody wrote to it meanwhile */
    bool misnamed;             /* its content is not what its name says */
    const struct named *named; /* NULL: its name promises nothing */
    bool context;              /* read only for what findings of other files depend on */
};

/* For progress: a file was found; no more will be. */
void collect_known(struct collector *c, uint64_t bytes);
void collect_walked(struct collector *c);
/* "path: reason" in the result's arena. */
struct slice collect_text(struct collector *c, struct slice path, const char *reason);
/* What the subject record says, before the file is collected; false when there is none yet. */
bool collected_subject(struct slice records, struct arena *a, struct subject_record *ret);
void collect_file(struct collector *c, const struct collected *f);
/* Is this file needed to judge those that were collected? */
bool collect_wants(struct collector *c, struct slice path);
/* A finding of the parent's own about a path. */
void collect_own(struct collector *c, const char *rule_id, struct slice path, const char *message,
                 struct slice evidence);
/* After the last file: findings about files that were named, but are not there. `whole`: folders
 * were looked at completely. */
void collect_related(struct collector *c, bool whole);
/* Equal findings get fingerprints of their own, in the order of the report. */
void collect_fingerprints(struct result *r);
