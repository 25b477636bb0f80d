/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - from the text of a shell script to EV_COMMAND events.
 * Why: scripts, Dockerfiles, CI jobs, notebooks and Markdown all hold such text; only where it
 * begins and how its lines lie in the file differs.
 * Owns: nothing that the reading does not give back.   Threads: one owner.
 * Fails: ST_NOMEM; what is too long is told as not looked at. */
#pragma once
#include "read/code/code.h"
#include "read/reading.h"

/* `s` says where the text stands; its `shell` is filled in. `offset`: of the text in the layer. */
MUST_USE enum st commands_tell(struct reading *r, struct slice text, struct script *s,
                               uint64_t offset);
/* The same for commands that were parsed already, or that are made of a list of words. */
MUST_USE enum st commands_tell_parsed(struct reading *r, const struct script *s, uint64_t offset);

/* The physical line of something in the script's text at this line of it. */
uint32_t script_line(const struct script *s, uint32_t line);
uint32_t script_column(const struct script *s, uint32_t line, uint32_t column);
