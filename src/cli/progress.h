/* SPDX-License-Identifier: Apache-2.0 */
/* progress.h - one line on the terminal while a scan runs: how far, how long, the worst so far.
 * Owns: nothing.   Threads: calls are serialised by the scan.   Fails: quietly. */
#pragma once
#include "scan/scan.h"

struct progress {
    bool on;
    uint64_t started, drawn;
    size_t findings;
    enum severity worst;
    char what[160]; /* rule and path of the worst finding */
};

void progress_start(struct progress *p, bool on);
void progress_found(struct progress *p, const struct finding *f);
void progress_draw(struct progress *p, const struct scan_progress *now);
void progress_end(struct progress *p);
