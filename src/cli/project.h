/* SPDX-License-Identifier: Apache-2.0 */
/* project.h - the invoker's project: the only place that may configure a scan.
 * Owns: nothing; paths live in the run's arena.   Threads: one owner.   Fails: see below. */
#pragma once
#include "cli/cli.h"

/* Fill in c->project, once. */
void project_find(struct cli *c);
/* The path as seen from the project's root ("" = the root itself); false when it lies outside or
 * does not exist. Links are resolved first. */
bool project_place(struct cli *c, const char *path, struct slice *ret);
