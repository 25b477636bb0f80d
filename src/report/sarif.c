/* SPDX-License-Identifier: Apache-2.0 */
/* sarif.c - SARIF 2.1.0 (OASIS, errata 01) as code hosts take it in.
 *
 * Their limits: 10 MB after gzip, 5,000 results that are shown, 10 tags a rule. So: findings worst
 * first, texts cut, and a byte ceiling that holds even if nothing would compress. What does not fit
 * is said in a last result and in a notification, never dropped in silence.
 * A file of weights has no lines: such findings point to line 1, and `properties` holds the offset.
 * Members of containers are logical locations, since no file of that name exists. */
#include "codec/jot.h"
#include "report/sarif.h"
#include "report/words.h"
#include "report/writers.h"

#define RESULTS_MAX   5000 /* the last may be the "N more" note */
#define TEXT_MAX      1000
#define BYTES_MAX     (9u << 20) /* of everything */
#define ARTIFACTS_MAX (2u << 20) /* of the list of files, in bytes */
#define SARIF_MEMORY  (64u << 20)

struct sarif {
    struct jot j;
    const struct result *r;
    struct used_rules rules;
    size_t artifacts; /* the first so many subjects are listed: index = their place */
};

static void uri(struct jot *j, const struct result *r, struct slice path)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    say_uri(&b, r, path);
    jot_pair(j, "uri", buf_slice(&b));
    if (b.bad) j->out->bad = true;
    buf_done(&b);
}

static void text_object(struct jot *j, const char *key, struct slice text)
{
    jot_key_open(j, key, '{');
    jot_pair(j, "text", text);
    jot_close(j, '}');
}

static void artifact(struct sarif *s, const struct subject *subject)
{
    struct jot *j = &s->j;
    jot_open(j, '{');
    jot_key_open(j, "location", '{');
    uri(j, s->r, subject->path);
    jot_close(j, '}');
    jot_pair_num(j, "length", subject->bytes);
    if (subject->sha256[0]) {
        jot_key_open(j, "hashes", '{');
        jot_pair_str(j, "sha-256", subject->sha256);
        jot_close(j, '}');
    }
    jot_key_open(j, "properties", '{');
    jot_pair_str(j, "kind", subject_kind_name(subject->kind));
    if (subject->format.n) jot_pair(j, "format", subject->format);
    jot_pair_bool(j, "notInspected", subject->not_inspected);
    jot_close(j, '}');
    jot_close(j, '}');
}

static void artifacts(struct sarif *s)
{
    jot_key_open(&s->j, "artifacts", '[');
    size_t end = s->j.out->n + ARTIFACTS_MAX;
    for (; s->artifacts < s->r->subject_count && s->j.out->n < end; s->artifacts++)
        artifact(s, &s->r->subjects[s->artifacts]);
    jot_close(&s->j, ']');
}

/* "](" would become a link in a viewer, to wherever the scanned file wants. */
static void say_unlinked(struct buf *b, struct slice text)
{
    struct buf safe = visible(text);
    for (size_t i = 0; i < safe.n; i++) {
        buf_byte(b, safe.p[i]);
        if (safe.p[i] == ']' && i + 1 < safe.n && safe.p[i + 1] == '(') buf_byte(b, ' ');
    }
    if (safe.bad) b->bad = true;
    buf_done(&safe);
}

static void message(struct sarif *s, const struct finding *f)
{
    struct buf b;
    buf_init(&b, 64 * TEXT_MAX);
    say_unlinked(&b, cut_text(finding_message(f), TEXT_MAX));
    if (f->evidence.n) buf_str(&b, ": ");
    say_unlinked(&b, cut_text(f->evidence, TEXT_MAX));
    text_object(&s->j, "message", buf_slice(&b));
    buf_done(&b);
}

static void member(struct sarif *s, const struct finding *f)
{
    struct jot *j = &s->j;
    struct buf b;
    if (!f->inner_count && !f->field.n) return;
    buf_init(&b, 1u << 16);
    jot_key_open(j, "logicalLocations", '[');
    if (f->inner_count) {
        for (size_t i = 0; i < f->inner_count; i++) {
            if (i) buf_byte(&b, '/');
            buf_add(&b, cut_text(f->inner[i], 256));
        }
        jot_open(j, '{');
        jot_pair(j, "name", cut_text(f->inner[f->inner_count - 1], 256));
        jot_pair(j, "fullyQualifiedName", buf_slice(&b));
        jot_pair_str(j, "kind", "resource");
        jot_close(j, '}');
    }
    if (f->field.n) {
        jot_open(j, '{');
        jot_pair(j, "name", cut_text(f->field, 256));
        jot_pair_str(j, "kind", "property");
        jot_close(j, '}');
    }
    jot_close(j, ']');
    buf_done(&b);
}

static void location(struct sarif *s, const struct finding *f)
{
    struct jot *j = &s->j;
    const struct subject *subject = subject_of(s->r, f->path);
    size_t index = subject ? (size_t)(subject - s->r->subjects) : SIZE_MAX;
    jot_key_open(j, "locations", '[');
    jot_open(j, '{');
    jot_key_open(j, "physicalLocation", '{');
    jot_key_open(j, "artifactLocation", '{');
    uri(j, s->r, f->path);
    if (index < s->artifacts) jot_pair_num(j, "index", index);
    jot_close(j, '}');
    jot_key_open(j, "region", '{');
    jot_pair_num(j, "startLine", f->line > 0 ? (uint64_t)f->line : 1);
    if (f->line > 0 && f->column > 0) jot_pair_num(j, "startColumn", (uint64_t)f->column);
    jot_close(j, '}');
    jot_close(j, '}');
    member(s, f);
    jot_close(j, '}');
    jot_close(j, ']');
}

static void suppression(struct sarif *s, const struct finding *f)
{
    struct jot *j = &s->j;
    struct buf b;
    if (f->state != FINDING_SUPPRESSED) return;
    buf_init(&b, 64 * TEXT_MAX);
    say_unlinked(&b, cut_text(f->waived_reason, TEXT_MAX));
    if (f->waived_by.n) buf_str(&b, " (");
    say_unlinked(&b, cut_text(f->waived_by, 200));
    if (f->waived_by.n) buf_byte(&b, ')');
    if (f->waived_until.n) buf_str(&b, " until ");
    say_unlinked(&b, cut_text(f->waived_until, 40));
    jot_key_open(j, "suppressions", '[');
    jot_open(j, '{');
    jot_pair_str(j, "kind", "external");
    jot_pair_str(j, "status", "accepted");
    jot_pair(j, "justification", buf_slice(&b));
    jot_close(j, '}');
    jot_close(j, ']');
    buf_done(&b);
}

static void properties(struct sarif *s, const struct finding *f)
{
    struct jot *j = &s->j;
    jot_key_open(j, "properties", '{');
    jot_pair_str(j, "security-severity", sarif_score(f->severity));
    jot_pair_str(j, "severity", severity_name(f->severity));
    if (f->offset >= 0) jot_pair_num(j, "offset", (uint64_t)f->offset);
    if (f->row >= 0) jot_pair_num(j, "row", (uint64_t)f->row);
    jot_pair(j, "fix", cut_text(finding_fix(f), TEXT_MAX));
    jot_close(j, '}');
}

static void result(struct sarif *s, const struct finding *f)
{
    struct jot *j = &s->j;
    jot_open(j, '{');
    jot_pair_str(j, "ruleId", f->rule->id);
    jot_pair_num(j, "ruleIndex", used_rules_index(&s->rules, f->rule));
    jot_pair_str(j, "level", sarif_level(f->severity));
    if (s->r->baseline)
        jot_pair_str(j, "baselineState", f->state == FINDING_KNOWN ? "unchanged" : "new");
    message(s, f);
    location(s, f);
    jot_key_open(j, "partialFingerprints", '{');
    jot_pair_str(j, "merlonFinding/v1", f->fingerprint);
    jot_close(j, '}');
    suppression(s, f);
    properties(s, f);
    jot_close(j, '}');
}

static void say_rest(struct buf *b, size_t left)
{
    say_count(b, left);
    buf_str(b, " more findings are not in this file, none of them worse than the last one here; "
               "merlon scan -o json=FILE writes all");
}

static void rest(struct sarif *s, size_t left)
{
    struct buf b;
    if (!left) return;
    buf_init(&b, 1024);
    say_rest(&b, left);
    jot_open(&s->j, '{');
    jot_pair_str(&s->j, "level", "note");
    text_object(&s->j, "message", buf_slice(&b));
    jot_close(&s->j, '}');
    buf_done(&b);
}

/* Returns how many findings were left out. */
static size_t results(struct sarif *s)
{
    size_t n = s->r->finding_count, i = 0;
    size_t max = n > RESULTS_MAX ? RESULTS_MAX - 1 : n;
    jot_key_open(&s->j, "results", '[');
    for (; i < max && s->j.out->n < BYTES_MAX; i++) result(s, &s->r->findings[i]);
    rest(s, n - i);
    jot_close(&s->j, ']');
    return n - i;
}

static void notification(struct jot *j, const char *level, struct slice text)
{
    jot_open(j, '{');
    jot_pair_str(j, "level", level);
    text_object(j, "message", text);
    jot_close(j, '}');
}

static void note(struct jot *j, struct slice text)
{
    struct buf safe = visible(cut_text(text, TEXT_MAX));
    notification(j, "note", buf_slice(&safe));
    if (safe.bad) j->out->bad = true;
    buf_done(&safe);
}

static void say_not_inspected(struct buf *b, const struct result *r)
{
    say_many(b, r->not_inspected, "file");
    buf_str(b, " could not be inspected to the end (");
    say_size(b, r->not_inspected_bytes);
    buf_str(b, "): nothing is said about that part");
}

static void invocation(struct sarif *s, size_t left_out)
{
    struct jot *j = &s->j;
    struct buf b;
    buf_init(&b, 4096);
    jot_key_open(j, "invocations", '[');
    jot_open(j, '{');
    jot_pair_bool(j, "executionSuccessful", true);
    if (s->r->started[0]) jot_pair_str(j, "startTimeUtc", s->r->started);
    jot_key_open(j, "toolExecutionNotifications", '[');
    if (s->r->not_inspected) {
        say_not_inspected(&b, s->r);
        notification(j, "warning", buf_slice(&b));
    }
    buf_reset(&b);
    if (left_out) {
        say_rest(&b, left_out);
        notification(j, "warning", buf_slice(&b));
    }
    for (size_t i = 0; i < s->r->note_count; i++) note(j, s->r->notes[i]);
    jot_close(j, ']');
    jot_close(j, '}');
    jot_close(j, ']');
    buf_done(&b);
}

static void gate(struct sarif *s)
{
    struct jot *j = &s->j;
    jot_key_open(j, "properties", '{');
    jot_pair_bool(j, "gatePassed", s->r->gate.passed || !s->r->gate.enabled);
    jot_pair_str(j, "gateFailOn", s->r->gate.enabled ? severity_name(s->r->gate.fail_on) : "none");
    jot_pair_num(j, "files", s->r->files);
    jot_pair_num(j, "notInspected", s->r->not_inspected);
    jot_close(j, '}');
}

static void run(struct sarif *s)
{
    struct jot *j = &s->j;
    jot_open(j, '{');
    jot_key_open(j, "tool", '{');
    jot_key_open(j, "driver", '{');
    jot_pair_str(j, "name", "merlon");
    jot_pair_str(j, "version", MERLON_VERSION);
    jot_pair_str(j, "semanticVersion", MERLON_VERSION);
    sarif_rules_write(&s->rules, j);
    jot_close(j, '}');
    jot_close(j, '}');
    jot_pair_str(j, "columnKind", "unicodeCodePoints");
    artifacts(s);
    size_t left_out = results(s);
    invocation(s, left_out);
    gate(s);
    jot_close(j, '}');
}

void report_sarif(struct buf *out, const struct result *r, const struct report_style *style)
{
    (void)style;
    struct arena arena;
    struct sarif s = {.r = r};
    arena_init(&arena, SARIF_MEMORY, 1u << 16);
    jot_init(&s.j, out, 4);
    if (used_rules_gather(&s.rules, &arena, r)) {
        jot_open(&s.j, '{');
        jot_pair_str(&s.j, "$schema",
                     "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                     "sarif-schema-2.1.0.json");
        jot_pair_str(&s.j, "version", "2.1.0");
        jot_key_open(&s.j, "runs", '[');
        run(&s);
        jot_close(&s.j, ']');
        jot_close(&s.j, '}');
        buf_byte(out, '\n');
    } else {
        out->bad = true;
    }
    arena_done(&arena);
}
