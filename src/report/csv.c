/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c - one finding a row (RFC 4180 quoting, LF line ends). Spreadsheets run cells that begin
 * with = + - @ as formulas, so such text gets an apostrophe in front. */
#include "report/words.h"
#include "report/writers.h"

static bool is_formula(struct slice text)
{
    while (text.n && text.p[0] == ' ') text = slice_sub(text, 1, text.n);
    return text.n && slice_find_byte(S("=+-@|"), text.p[0]) != SIZE_MAX;
}

static void cell(struct buf *out, struct slice text)
{
    struct buf safe = visible(text);
    buf_str(out, is_formula(text) ? "\"'" : "\"");
    for (size_t i = 0; i < safe.n; i++) {
        if (safe.p[i] == '"') buf_byte(out, '"');
        buf_byte(out, safe.p[i]);
    }
    buf_byte(out, '"');
    if (safe.bad) out->bad = true;
    buf_done(&safe);
}

static void number(struct buf *out, int64_t n)
{
    buf_byte(out, ',');
    if (n >= 0) buf_printf(out, "%lld", (long long)n);
}

static void next_cell(struct buf *out, struct slice text)
{
    buf_byte(out, ',');
    cell(out, text);
}

static void row(struct buf *out, const struct finding *f)
{
    static const char *const states[] = {"open", "suppressed", "known"};
    struct buf inner;
    buf_init(&inner, 1u << 20);
    say_inner(&inner, f);
    buf_printf(out, "%s,%s,%s,%s", severity_name(f->severity), f->rule->id,
               f->rule->class_id ? f->rule->class_id : "", states[f->state]);
    next_cell(out, f->path);
    next_cell(out, buf_slice(&inner));
    number(out, f->line);
    number(out, f->column);
    number(out, f->offset);
    number(out, f->row);
    next_cell(out, f->field);
    next_cell(out, finding_message(f));
    next_cell(out, f->evidence);
    next_cell(out, finding_fix(f));
    buf_printf(out, ",%s\n", f->fingerprint);
    if (inner.bad) out->bad = true;
    buf_done(&inner);
}

void report_csv(struct buf *out, const struct result *r, const struct report_style *style)
{
    (void)style;
    buf_str(out, "severity,rule,class,state,path,inner,line,column,offset,row,field,message,"
                 "evidence,fix,fingerprint\n");
    for (size_t i = 0; i < r->finding_count; i++) row(out, &r->findings[i]);
}
