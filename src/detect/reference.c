/* SPDX-License-Identifier: Apache-2.0 */
/* reference.c - files that a file names.
 * Whether they are there can only be told by whoever sees the whole folder, so a finding is made in
 * any case, on the condition that the file is missing: scan/relate.c settles it. Inside an
 * archive nobody could check that, and nothing is said. */
#include "detect/judge.h"

void judge_ref(struct judge *j, const struct reading *r, const struct event *ev)
{
    if (r->layer->depth || ev->ref.remote) return;
    struct finding f = judge_finding(j, r, "model.shard-missing", ev->offset);
    f.line = ev->line ? (int64_t)ev->line : -1;
    f.field = arena_copy(j->arena, ev->ref.target);
    f.message = S("The index names a file that is not there: this part was not inspected");
    f.evidence = f.field;
    f.when = (struct condition){.kind = WHEN_MISSING, .name = f.field};
    if (!f.field.p) j->nomem = true;
    judge_emit(j, &f);
}
