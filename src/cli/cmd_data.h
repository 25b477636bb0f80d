/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_data.h - what the commands below `merlon data` share: settings, result, reports, exit code.
 * Owns: the run's arena and result until data_done.   Threads: one owner.
 * Fails: says it on stderr and returns false or EXIT_CANNOT. */
#pragma once
#include "cli/cli.h"
#include "cli/outputs.h"
#include "codec/jot.h"

struct data_run {
    struct cli *cli;
    struct outputs outputs;
    struct arena arena;
    struct result result;
    struct buf statistics; /* a JSON object, written with jot */
    struct jot jot;
    struct buf text; /* the table of this command */
    uint64_t started;
};

/* Configuration, outputs and an empty result about `target`. */
bool data_start(struct data_run *d, struct cli *c, struct slice target);
void data_done(struct data_run *d);
bool data_loud(const struct data_run *d); /* neither -q nor -s */

/* A finding about a file; NULL when memory is out. */
struct finding *data_finding(struct data_run *d, const char *rule, struct slice path,
                             struct slice message, struct slice evidence);
/* Gate and reports. `code` is the exit code if the gate passes. */
int data_finish(struct data_run *d, int code);
