/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - a result in the formats that people and their tools read.
 * Why: one scan, many reports; each writer is a pure function of the result.
 * Owns: nothing.   Threads: pure.   Fails: the buffer's sticky flag, or write errors on the file.
 */
#pragma once
#include "base/buf.h"
#include "finding/result.h"

struct report_style { /* only the table looks at it */
    bool colour;
    unsigned width; /* columns, 80..200 */
    bool all;       /* also medium, low and info, and all of many */
    bool quiet;     /* findings only */
    bool show_suppressed, why_skipped, reveal;
    const char *config;    /* path of merlon.toml in use, or NULL */
    const char *html_file; /* where this run writes its HTML report, or NULL */
};

typedef void report_fn(struct buf *out, const struct result *r, const struct report_style *style);

struct report_format {
    const char *name;    /* "json", "sarif", ... */
    const char *summary; /* for help */
    report_fn *write;
};

const struct report_format *report_find(struct slice name);
size_t report_count(void);
const struct report_format *report_at(size_t i);
/* One finding as a line of JSON (jsonl, streamed). */
void report_finding_json(struct buf *out, const struct finding *f);
