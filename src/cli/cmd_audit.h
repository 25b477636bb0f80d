/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_audit.h - which log, and whose: what the audit commands share.
 * Owns: nothing.   Threads: one owner.   Fails: says it on stderr; an exit code. */
#pragma once
#include "cli/cli.h"
#include "log/notekey.h"

/* The folder that argument i names, else the project's; NULL: there is none (told). */
const char *audit_folder(struct cli *c, size_t i);
/* --public-key, or the log's own. *ret_own: it is the log's own. */
bool audit_key(struct cli *c, const char *folder, struct note_public *ret, bool *ret_own);
/* A file or - into the run's arena. */
bool audit_file(struct cli *c, struct slice path, size_t most, struct slice *ret);
