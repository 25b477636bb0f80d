/* SPDX-License-Identifier: Apache-2.0 */
/* github.c - workflow commands: annotations in a GitHub Actions log.
 * One line is one command, so line ends and percent signs in data are encoded, and colons and
 * commas in properties too; control characters are shown, not sent. GitHub keeps ten annotations of
 * a level for each step: the worst come first, and a last line counts the rest. */
#include "report/words.h"
#include "report/writers.h"

#define ANNOTATIONS_MAX 50

static void put(struct buf *out, struct slice text, bool property)
{
    struct buf safe = visible(cut_text(text, 4096));
    for (size_t i = 0; i < safe.n; i++) {
        uint8_t c = safe.p[i];
        if (c == '%' || (property && (c == ':' || c == ',')))
            buf_printf(out, "%%%02X", c);
        else
            buf_byte(out, c);
    }
    if (safe.bad) out->bad = true;
    buf_done(&safe);
}

static void say_title(struct buf *b, const struct finding *f)
{
    buf_printf(b, "%s (%s)", f->rule->id, severity_name(f->severity));
}

static void text(struct buf *out, const struct finding *f)
{
    struct buf spot;
    buf_init(&spot, 1u << 20);
    put(out, finding_message(f), false);
    if (f->evidence.n) buf_str(out, ": ");
    put(out, cut_text(f->evidence, 400), false);
    if (f->inner_count) buf_str(&spot, "in ");
    say_inner(&spot, f);
    if (spot.n) buf_byte(&spot, ' ');
    say_spot(&spot, f);
    if (spot.n) buf_str(out, " (");
    put(out, slice_trim(buf_slice(&spot)), false);
    if (spot.n) buf_byte(out, ')');
    buf_str(out, "%0AFix: ");
    put(out, finding_fix(f), false);
    if (spot.bad) out->bad = true;
    buf_done(&spot);
}

static void annotation(struct buf *out, const struct result *r, const struct finding *f)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    say_from_here(&b, r, f->path);
    buf_printf(out, "::%s file=",
               f->severity >= SEV_HIGH     ? "error"
               : f->severity == SEV_MEDIUM ? "warning"
                                           : "notice");
    put(out, buf_slice(&b), true);
    if (f->line > 0) buf_printf(out, ",line=%lld", (long long)f->line);
    if (f->line > 0 && f->column > 0) buf_printf(out, ",col=%lld", (long long)f->column);
    buf_reset(&b);
    say_title(&b, f);
    buf_str(out, ",title=");
    put(out, buf_slice(&b), true);
    buf_str(out, "::");
    text(out, f);
    buf_byte(out, '\n');
    if (b.bad) out->bad = true;
    buf_done(&b);
}

static void gate(struct buf *out, const struct result *r)
{
    if (!r->gate.enabled)
        buf_str(out, "::notice title=merlon::gate: off");
    else if (r->gate.passed)
        buf_printf(out, "::notice title=merlon::gate: passed, nothing %sat or above %s",
                   r->baseline ? "new " : "", severity_name(r->gate.fail_on));
    else
        buf_printf(out, "::error title=merlon::gate: FAILED, %zu at or above %s",
                   r->gate.at_or_above, severity_name(r->gate.fail_on));
    if (r->not_inspected) buf_printf(out, "; not inspected: %zu", r->not_inspected);
    buf_byte(out, '\n');
}

void report_github(struct buf *out, const struct result *r, const struct report_style *style)
{
    (void)style;
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < r->finding_count; i++) {
        if (r->findings[i].state != FINDING_OPEN) continue;
        if (shown < ANNOTATIONS_MAX)
            annotation(out, r, &r->findings[i]);
        else
            left++;
        shown++;
    }
    if (left)
        buf_printf(out, "::notice title=merlon::%zu more findings, none of them worse\n", left);
    gate(out, r);
}
