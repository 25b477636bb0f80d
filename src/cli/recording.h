/* SPDX-License-Identifier: Apache-2.0 */
/* recording.h - what scan, sign and verify leave in the project's log, if it keeps one.
 * A project keeps a log when .merlon/log is there (merlon init --log makes it), or when its
 * settings say `[audit] log = true`; without either nothing is written. Owns: nothing.   Threads:
 * one owner. Fails: says it on stderr; false only where `[audit] full` is "block", as it is by
 * default. */
#pragma once
#include "cli/cli.h"
#include "log/event.h"
#include "log/notekey.h"

struct result;
struct verifying;

/* Of this project, whether or not it is there. */
const char *recording_folder(struct cli *c);
/* Makes folder and key, if they are not there, and tells. */
bool recording_begin(struct cli *c, struct note_key *ret);
/* The same for any folder, with the key in the file `given` (NULL: its own). */
bool recording_begin_in(struct cli *c, const char *folder, const char *given, struct note_key *ret);
bool recording_on(struct cli *c);
/* Appends one event and waits until it is on the disk. True also when there is no log to keep. */
bool record_event(struct cli *c, const struct event *e);

/* A path as records name it: from the project's root, where it lies in the project. */
struct slice record_place(struct cli *c, struct slice path);

bool record_scan(struct cli *c, const struct result *r);
bool record_verdict(struct cli *c, const struct verifying *v, uint64_t micros);
