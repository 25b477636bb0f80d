/* SPDX-License-Identifier: Apache-2.0 */
/* outputs.h - the reports that were asked for with -o.
 * Owns: nothing.   Threads: one owner.   Fails: says it on stderr and returns false. */
#pragma once
#include "cli/cli.h"
#include "report/report.h"

#define OUTPUTS_MAX 16

struct output {
    const struct report_format *format;
    const char *file; /* NULL: standard output */
};

struct outputs {
    struct output list[OUTPUTS_MAX];
    size_t count;
    struct slice table; /* what a command shows as its table; p == NULL: the scan's */
    bool streamed;      /* what stands on standard output has been written already */
};

bool outputs_read(struct cli *c, struct outputs *ret);
/* The format on standard output, or NULL. */
const struct report_format *outputs_stdout(const struct outputs *o);
/* All of them, each file whole or not at all. */
bool outputs_write(struct cli *c, const struct outputs *o, const struct result *r,
                   const struct report_style *style);
