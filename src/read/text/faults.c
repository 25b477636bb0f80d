/* SPDX-License-Identifier: Apache-2.0 */
#include "read/text/faults.h"
#include <stdarg.h>
#include <stdio.h>

#define FAULTS_MOST 100u

void faults_init(struct faults *f, struct source *source)
{
    *f = (struct faults){.source = source, .line = {.number = 1}};
}

void faults_tell(struct faults *f, size_t at, uint64_t row, const char *fmt, ...)
{
    char text[160];
    va_list ap;
    if (f->count++ >= FAULTS_MOST) return;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t shown = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    struct event ev = {.kind = EV_ANOMALY,
                       .offset = source_offset(f->source, at),
                       .line = blocks_line_of(f->source, &f->line, at),
                       .row = row,
                       .anomaly = {ANOMALY_DATA_MALFORMED, slice_of(text, shown)}};
    tell(f->source->r, &ev);
}

void faults_done(const struct faults *f)
{
    if (f->count <= FAULTS_MOST) return;
    struct faults last = {.source = f->source, .line = f->line};
    faults_tell(&last, f->source->text.n, 0, "%llu more faults of records",
                (unsigned long long)(f->count - FAULTS_MOST));
}
