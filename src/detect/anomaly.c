/* SPDX-License-Identifier: Apache-2.0 */
/* anomaly.c - what an oddity of a file means: rule and sentence per anomaly. */
#include "detect/judge.h"
#include "finding/rules.h"

struct anomaly_row {
    const char *rule;
    const char *message; /* one sentence; the reader's detail becomes the evidence */
};

static const struct anomaly_row rows[ANOMALY_COUNT] = {
    [ANOMALY_TRUNCATED] = {"model.malformed", "The file ends before its own structure does"},
    [ANOMALY_MALFORMED] = {"model.malformed", "The file breaks the rules of its own format"},
};

void judge_anomaly(struct judge *j, const struct reading *r, const struct event *ev)
{
    const struct anomaly_row *row = &rows[ev->anomaly.what];
    if (!row->rule) return;
    struct finding f = judge_finding(j, r, row->rule, ev->offset);
    f.message = slice_str(row->message);
    f.evidence = arena_copy(j->arena, ev->anomaly.detail);
    judge_emit(j, &f);
}

void judge_unread(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct finding f = judge_finding(j, r, "model.not-inspected", ev->offset);
    j->not_inspected = true;
    j->unread += ev->unread.bytes;
    f.message = S("Bytes were not inspected: nothing can be said about them");
    f.evidence = arena_copy(j->arena, ev->unread.detail);
    judge_emit(j, &f);
}
