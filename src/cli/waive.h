/* SPDX-License-Identifier: Apache-2.0 */
/* waive.h - what the invoker's project has accepted: .merlonignore.toml, inline allows, a baseline.
 * Why: none of it may come from what is scanned, unless that is the invoker's own project.
 * Owns: nothing.   Threads: waive_one may be called while a scan runs (serialised).
 * Fails: says it on stderr and returns false. */
#pragma once
#include "cli/select.h"
#include "finding/result.h"
#include "policy/baseline.h"
#include "policy/ignore.h"

struct waive {
    struct cli *cli;
    const struct selection *selection;
    struct ignore_list ignores;
    struct baseline baseline;
    bool has_baseline;
    const char *baseline_file; /* when there is one */
    struct slice path;         /* of the finding whose file was read last; in the run's arena */
    struct buf text;           /* empty when no allow stands in it */
};

void waive_done(struct waive *w);
bool waive_load(struct cli *c, const struct selection *s, struct waive *ret);
/* Can a finding be judged before all are known? */
bool waive_can_stream(const struct waive *w);
/* Marks the finding when it is suppressed. */
void waive_one(struct waive *w, struct finding *f);
/* Everything at the end: all findings, findings about suppressions, the baseline. */
bool waive_all(struct waive *w, struct result *r);
/* The project's ignore file: its path, and its entries as of today. */
const char *ignore_path(struct cli *c);
bool ignore_load(struct cli *c, struct ignore_list *ret, struct slice *ret_text);
int64_t today(void);
