/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - merlon.result/1. One subject and one finding a line, so that two results can be compared
 * with line tools.
 * Suppressed findings stand in an array of their own: whoever counts `findings` counts what is
 * open. Keys beyond the contract (base, coverage, notes, suppressed, known) may be ignored. */
#include "report/card.h"
#include "codec/jot.h"
#include "report/words.h"
#include "report/writers.h"

static void place(struct jot *j, const struct finding *f)
{
    jot_key_open(j, "inner", '[');
    for (size_t i = 0; i < f->inner_count; i++) jot_text(j, f->inner[i]);
    jot_close(j, ']');
    jot_key(j, "line");
    jot_num_or_null(j, f->line);
    jot_key(j, "column");
    jot_num_or_null(j, f->column);
    jot_key(j, "offset");
    jot_num_or_null(j, f->offset);
    jot_key(j, "row");
    jot_num_or_null(j, f->row);
    jot_key(j, "field");
    jot_text_or_null(j, f->field);
}

static void waiver(struct jot *j, const struct finding *f)
{
    jot_key_open(j, "suppression", '{');
    jot_pair(j, "by", f->waived_by);
    jot_pair(j, "reason", f->waived_reason);
    jot_key(j, "until");
    jot_text_or_null(j, f->waived_until);
    jot_close(j, '}');
}

static void finding(struct jot *j, const struct finding *f)
{
    jot_open(j, '{');
    jot_pair_str(j, "rule", f->rule->id);
    jot_pair_str(j, "class", f->rule->class_id);
    jot_pair_str(j, "severity", severity_name(f->severity));
    jot_pair(j, "path", f->path);
    place(j, f);
    jot_pair(j, "message", finding_message(f));
    jot_pair(j, "evidence", f->evidence);
    jot_pair(j, "fix", finding_fix(f));
    jot_pair_str(j, "fingerprint", f->fingerprint);
    if (f->state == FINDING_KNOWN) jot_pair_bool(j, "known", true);
    if (f->state == FINDING_SUPPRESSED) waiver(j, f);
    jot_close(j, '}');
}

static void findings(struct jot *j, const struct result *r, const char *key, bool suppressed)
{
    jot_key_open(j, key, '[');
    for (size_t i = 0; i < r->finding_count; i++)
        if (suppressed != finding_shown(&r->findings[i])) finding(j, &r->findings[i]);
    jot_close(j, ']');
}

static void subject(struct jot *j, const struct subject *s)
{
    jot_open(j, '{');
    jot_pair(j, "path", s->path);
    jot_pair_str(j, "kind", subject_kind_name(s->kind));
    jot_key(j, "format");
    jot_text_or_null(j, s->format);
    jot_pair_num(j, "bytes", s->bytes);
    jot_key(j, "sha256");
    jot_text_or_null(j, slice_str(s->sha256));
    jot_key(j, "detail");
    jot_raw(j, card_is_sound(s->detail) ? s->detail : S("{}"));
    if (s->not_inspected) jot_pair_bool(j, "not_inspected", true);
    if (s->unread) jot_pair_num(j, "unread", s->unread);
    jot_close(j, '}');
}

static void head(struct jot *j, const struct result *r)
{
    jot_pair_str(j, "schema", "merlon.result/1");
    jot_key_open(j, "tool", '{');
    jot_pair_str(j, "name", "merlon");
    jot_pair_str(j, "version", MERLON_VERSION);
    jot_pair(j, "rules", r->rules);
    jot_close(j, '}');
    jot_pair(j, "target", r->target);
    if (r->base.n) jot_pair(j, "base", r->base);
    jot_pair_str(j, "started", r->started);
    jot_key(j, "seconds");
    char seconds[32];
    int n = snprintf(seconds, sizeof seconds, "%.3f", r->seconds > 0 ? r->seconds : 0.0);
    jot_raw(j, slice_of(seconds, (size_t)n));
}

static void summary(struct jot *j, const struct result *r)
{
    jot_key_open(j, "summary", '{');
    jot_pair_num(j, "files", r->files);
    jot_pair_num(j, "bytes", r->bytes);
    for (int s = SEV_CRITICAL; s >= SEV_INFO; s--)
        jot_pair_num(j, severity_name((enum severity)s), r->by_severity[s]);
    jot_pair_num(j, "not_inspected", r->not_inspected);
    jot_pair_num(j, "suppressed", r->suppressed);
    if (r->baseline) jot_pair_num(j, "known", r->known);
    if (r->baseline) jot_pair_num(j, "fixed", r->fixed);
    jot_close(j, '}');
}

static void coverage(struct jot *j, const struct result *r)
{
    jot_key_open(j, "coverage", '{');
    jot_pair_num(j, "not_inspected_bytes", r->not_inspected_bytes);
    jot_pair_bool(j, "structure_only", r->structure_only);
    jot_pair_num(j, "skipped_folders", r->skipped_dirs);
    jot_key_open(j, "not_judged", '{');
    for (unsigned k = 0; k < SUBJECT_KINDS; k++)
        if (r->not_covered[k])
            jot_pair_num(j, subject_kind_name((enum subject_kind)k), r->not_covered[k]);
    jot_close(j, '}');
    jot_close(j, '}');
}

static void gate(struct jot *j, const struct result *r)
{
    jot_key_open(j, "gate", '{');
    jot_pair_str(j, "fail_on", r->gate.enabled ? severity_name(r->gate.fail_on) : "none");
    jot_pair_bool(j, "passed", r->gate.passed || !r->gate.enabled);
    jot_key_open(j, "reasons", '[');
    for (size_t i = 0; i < r->gate.reason_count; i++) jot_text(j, r->gate.reasons[i]);
    jot_close(j, ']');
    jot_close(j, '}');
}

/* Records of stores that lie among the files, and what they came to. */
static void stores(struct jot *j, const struct result *r)
{
    jot_key_open(j, "stores", '[');
    for (unsigned i = 0; i < CLAIM_STORES; i++) {
        const struct store_count *n = &r->stores[i];
        if (!n->recorded && !n->unlisted) continue;
        jot_open(j, '{');
        jot_pair_str(j, "store", claim_store_name((enum claim_store)i));
        jot_pair_num(j, "recorded", n->recorded);
        jot_pair_num(j, "held", n->held);
        jot_pair_num(j, "changed", n->changed);
        jot_pair_num(j, "missing", n->missing);
        jot_pair_num(j, "unlisted", n->unlisted);
        jot_pair_num(j, "unchecked", n->unchecked);
        jot_pair_bool(j, "weak_digest", n->weak);
        jot_close(j, '}');
    }
    jot_close(j, ']');
}

static bool has_stores(const struct result *r)
{
    for (unsigned i = 0; i < CLAIM_STORES; i++)
        if (r->stores[i].recorded || r->stores[i].unlisted) return true;
    return false;
}

void report_json(struct buf *out, const struct result *r, const struct report_style *style)
{
    (void)style;
    struct jot j;
    jot_init(&j, out, 2);
    jot_open(&j, '{');
    head(&j, r);
    j.broken_to = 1;
    summary(&j, r);
    coverage(&j, r);
    gate(&j, r);
    if (r->statistics.n) {
        jot_key(&j, "statistics");
        jot_raw(&j, r->statistics);
    }
    if (has_stores(r)) stores(&j, r);
    j.broken_to = 2;
    jot_key_open(&j, "subjects", '[');
    for (size_t i = 0; i < r->subject_count; i++) subject(&j, &r->subjects[i]);
    jot_close(&j, ']');
    findings(&j, r, "findings", false);
    if (r->suppressed) findings(&j, r, "suppressed", true);
    jot_key_open(&j, "notes", '[');
    for (size_t i = 0; i < r->note_count; i++) jot_text(&j, r->notes[i]);
    jot_close(&j, ']');
    jot_close(&j, '}');
    buf_byte(out, '\n');
}

void report_finding_json(struct buf *out, const struct finding *f)
{
    struct jot j;
    jot_init(&j, out, 0);
    finding(&j, f);
    buf_byte(out, '\n');
}

void report_jsonl(struct buf *out, const struct result *r, const struct report_style *style)
{
    (void)style;
    for (size_t i = 0; i < r->finding_count; i++)
        if (finding_shown(&r->findings[i])) report_finding_json(out, &r->findings[i]);
}
