/* SPDX-License-Identifier: Apache-2.0 */
/* guard_log.h - where the gateway records: which log, its writer, the recorder.
 * Which: --log DIR, else [log] path, else the project's if it keeps one, else none.
 * Owns: what it opened, until guard_log_stop().   Threads: one owner.
 * Fails: false, and it was said. */
#pragma once
#include "cli/cli.h"
#include "guard/config/config.h"
#include "guard/record/recorder.h"

struct guard_log {
    const struct cli *cli;
    const char *folder; /* NULL: no log is kept */
    struct note_key key;
    enum writer_full full;
    uint64_t keep_days, keep_size;
    struct writer *writer;
    struct recorder *recorder;
};

/* Folder and key, with the rights of the start. */
bool guard_log_find(struct cli *c, const struct guard_config *g, struct guard_log *ret);
/* Threads begin: after rights were given up, before the loops. */
bool guard_log_start(const struct guard_config *g, struct guard_log *l);
/* "log    .merlon/log   everything is kept ..." */
void guard_log_say(const struct guard_log *l, struct buf *out);
/* After the loops. False: not all could be recorded. Zeroed is fine. */
bool guard_log_stop(struct guard_log *l);
