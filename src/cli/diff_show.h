/* SPDX-License-Identifier: Apache-2.0 */
/* diff_show.h - a comparison for people and for programs (schema merlon.diff/1).
 * Owns: nothing.   Threads: one owner.   Fails: the buffer's sticky flag. */
#pragma once
#include "report/report.h"
#include "scan/diff.h"

/* Of each file a few differences, or with style->all every one that was kept. */
void diff_table(struct buf *out, const struct report_style *style, const struct diff_options *o,
                const struct diff_result *r);
void diff_json(struct buf *out, const struct diff_options *o, const struct diff_result *r);
