/* SPDX-License-Identifier: Apache-2.0 */
/* finding.h - what was found, where, and how sure it is to be the same thing next time.
 * Why: the one vocabulary between readers' judges, policy and reports (schema merlon.result/1).
 * Owns: nothing; all slices live in the arena of whoever holds the finding. Threads: a value. */
#pragma once
#include "base/slice.h"
#include "finding/condition.h"
#include "finding/severity.h"

struct rule;

enum finding_state { FINDING_OPEN, FINDING_SUPPRESSED, FINDING_KNOWN /* in the baseline */ };

#define FINDING_INNER_MAX 16

/* What `scan --fix` may do about it by itself: bytes [from, to) of the file become `text`. Only
 * where the change is safe whatever the program means. text.p == NULL: nothing. */
struct finding_edit {
    uint64_t from, to;
    struct slice text;
};

struct finding {
    const struct rule *rule;
    enum severity severity; /* the rule's own, or what the judge made of the circumstances */
    struct slice path;      /* relative to the target given; filled in by scan */
    struct slice inner[FINDING_INNER_MAX]; /* members of containers from the outside in */
    size_t inner_count;
    int64_t line, column, offset, row; /* -1 = does not apply; line and column from 1, row from 0 */
    struct slice field;
    struct slice message;  /* one sentence: what an attacker gains here */
    struct slice evidence; /* never a whole secret */
    bool masked;           /* what is secret in the evidence is hidden already */
    struct slice fix;      /* empty = the rule's */
    uint64_t anchor; /* hash of what makes it the same finding after a move; 0 = of the texts */
    char fingerprint[33];  /* 32 hex digits, filled in by scan */
    struct condition when; /* settled by scan/relate */
    struct finding_edit edit;
    enum finding_state state;
    struct slice waived_by, waived_reason, waived_until; /* when suppressed */
};

/* A finding of this rule with its severity and no place. */
struct finding finding_of(const struct rule *rule);
/* The order of every report: severity, then path, inner names, place, rule. For qsort. */
int finding_cmp(const void *a, const void *b);
/* 32 hex digits over rule, inner names and anchor; ordinal tells equal findings apart. */
void finding_fingerprint(struct finding *f, unsigned ordinal);
/* Is the edit one of those that exist? A worker that was taken over cannot write code of its own.
 */
bool finding_edit_known(const struct finding_edit *e);
