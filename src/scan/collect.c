/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/collect.h"
#include "base/cursor.h"
#include "base/map.h"
#include "finding/rules.h"
#include "read/format.h"

void collector_init(struct collector *c, const struct scan_options *o, struct result *r)
{
    *c = (struct collector){.options = o, .result = r, .progress = {.walking = true}};
    relate_init(&c->relate, r->arena);
    layout_init(&c->layout, r->arena);
    pthread_mutex_init(&c->lock, NULL);
}

void collector_done(struct collector *c)
{
    pthread_mutex_destroy(&c->lock);
}

void collect_known(struct collector *c, uint64_t bytes)
{
    pthread_mutex_lock(&c->lock);
    c->progress.files_known++;
    c->progress.bytes_known += bytes;
    pthread_mutex_unlock(&c->lock);
}

void collect_walked(struct collector *c)
{
    pthread_mutex_lock(&c->lock);
    c->progress.walking = false;
    pthread_mutex_unlock(&c->lock);
}

struct slice collect_text(struct collector *c, struct slice path, const char *reason)
{
    pthread_mutex_lock(&c->lock);
    struct slice text = arena_printf(c->result->arena, "%.*s: %s", SLICE_ARG(path), reason);
    pthread_mutex_unlock(&c->lock);
    return text;
}

static bool next_record(struct cursor *c, struct slice *ret)
{
    *ret = cur_bytes(c, cur_u32le(c));
    return cur_ok(c);
}

bool collected_subject(struct slice records, struct arena *a, struct subject_record *ret)
{
    struct cursor c = cur_of(records);
    struct slice record;
    while (cur_left(&c) && next_record(&c, &record))
        if (record_kind(record) == 'S') return record_read_subject(record, a, ret);
    return false;
}

static void add_finding(struct collector *c, struct finding *f)
{
    const struct rulebook *rules = c->options->rules;
    if (rules && !overlay_finding(&rules->overlay, f)) return; /* its rule is off */
    finding_fingerprint(f, 0);
    struct finding *kept = result_add_finding(c->result, f);
    if (!kept)
        c->nomem = true;
    else if (c->options->on_finding)
        c->options->on_finding(c->options->ctx, kept);
}

static void add_own(struct collector *c, const char *rule_id, struct slice path,
                    const char *message, struct slice evidence)
{
    struct finding f = finding_of(rule_find(slice_str(rule_id)));
    f.path = arena_copy(c->result->arena, path);
    f.message = slice_str(message);
    f.evidence = arena_copy(c->result->arena, evidence);
    add_finding(c, &f);
}

void collect_own(struct collector *c, const char *rule_id, struct slice path, const char *message,
                 struct slice evidence)
{
    pthread_mutex_lock(&c->lock);
    add_own(c, rule_id, path, message, evidence);
    pthread_mutex_unlock(&c->lock);
}

/* An earlier version of a file is named by its commit, outside of all containers. */
static void put_outermost(struct finding *f, struct slice inner)
{
    size_t keep = f->inner_count < FINDING_INNER_MAX ? f->inner_count : FINDING_INNER_MAX - 1;
    memmove(&f->inner[1], &f->inner[0], keep * sizeof f->inner[0]);
    f->inner[0] = inner;
    f->inner_count = keep + 1;
}

static bool add_requirement(struct collector *c, struct slice path, struct slice record)
{
    struct requirement q;
    if (!record_read_requirement(record, c->result->arena, &q)) return false;
    relate_require(&c->relate, path, &q);
    return true;
}

static bool add_claim(struct collector *c, const struct collected *f, struct slice path,
                      struct slice record)
{
    struct file_claim claim;
    if (!record_read_claim(record, c->result->arena, &claim)) return false;
    /* what lies beside an earlier version of a record, or one that is only context, is not its */
    if (!f->inner.n && !f->context) layout_claim(&c->layout, path, &claim);
    return true;
}

/* Findings of one file. A record that is none means that the worker is not to be trusted. */
static size_t add_findings(struct collector *c, const struct collected *f, struct slice path,
                           bool *ret_broken)
{
    struct cursor cur = cur_of(f->records);
    struct slice record, inner = arena_copy(c->result->arena, f->inner);
    size_t n = 0;
    while (cur_left(&cur) && next_record(&cur, &record)) {
        struct finding finding;
        if (record_kind(record) == 'R') *ret_broken |= !add_requirement(c, path, record);
        if (record_kind(record) == 'C') *ret_broken |= !add_claim(c, f, path, record);
        if (record_kind(record) != 'F') continue;
        if (!record_read_finding(record, c->result->arena, &finding)) {
            *ret_broken = true;
            continue;
        }
        finding.path = path;
        if (f->inner.n) put_outermost(&finding, inner);
        if (!f->inner.n) relate_found(&c->relate, path, &finding);
        if (f->context) continue;
        if (relate_hold(&c->relate, &finding)) continue;
        add_finding(c, &finding);
        n++;
    }
    return n;
}

static void add_subject(struct collector *c, const struct collected *f,
                        const struct subject_record *s, struct slice path, bool not_inspected)
{
    struct subject subject = {
        .path = path,
        .kind = s->kind,
        .format = slice_str(s->format ? format_name(s->format) : ""),
        .bytes = f->bytes,
        .detail = s->detail,
        .unread = not_inspected && !s->unread ? f->bytes : s->unread,
        .not_inspected = not_inspected,
    };
    memcpy(subject.sha256, f->sha256, sizeof subject.sha256);
    if (!result_add_subject(c->result, &subject)) c->nomem = true;
}

/* Of a file that no worker could look at: a dataset by its name, else the careful guess. */
static enum subject_kind guess_kind(struct slice path)
{
    const struct suffix_rule *suffix = suffix_find(path);
    return suffix && suffix->family == FAM_DATASET ? SUBJECT_DATASET : SUBJECT_MODEL;
}

/* What the worker said of a file that was changed meanwhile may still be true: of a log that grows
 * it is no more than unfinished; of a model it is worth nothing. */
static const char *unread_rule(const struct collected *f, enum subject_kind kind)
{
    bool model =
        f->changed ? kind == SUBJECT_MODEL || kind == SUBJECT_ARCHIVE : kind != SUBJECT_DATASET;
    return model ? "model.not-inspected" : "data.not-inspected";
}

static bool is_media(enum format f)
{
    return f == FMT_IMAGE || f == FMT_HTML || f == FMT_XML || f == FMT_SVG;
}

static void add_file(struct collector *c, const struct collected *f)
{
    struct result *r = c->result;
    struct subject_record s = {0};
    struct slice path = arena_copy(r->arena, f->path);
    bool has_subject = collected_subject(f->records, r->arena, &s);
    bool broken = false;
    size_t findings = add_findings(c, f, path, &broken);
    const char *trouble = f->trouble ? f->trouble : broken ? "its answer was not understood" : NULL;
    if (!trouble && !has_subject) trouble = "the worker gave no answer";
    bool not_inspected = trouble || (s.flags & SUBJECT_NOT_INSPECTED);
    if (!f->inner.n) relate_read(&c->relate, path, not_inspected);
    if (f->context) return;
    if (!f->inner.n) layout_file(&c->layout, path, f->bytes, f->sha256, f->misnamed);
    if (!has_subject) s.kind = guess_kind(f->path);
    if (trouble)
        add_own(c, unread_rule(f, s.kind), path, "The file could not be inspected to its end",
                slice_str(trouble));
    r->files++;
    r->bytes += f->bytes;
    if ((s.flags & SUBJECT_NOT_COVERED) && !f->inner.n) r->not_covered[s.kind]++;
    /* an earlier version is no subject of its own, unless something is the matter with it */
    bool plain = s.kind == SUBJECT_OTHER || f->inner.n;
    if (s.kind == SUBJECT_OTHER && is_media(s.format)) r->media++;
    if (!plain || findings || trouble || not_inspected) add_subject(c, f, &s, path, not_inspected);
    c->progress.files_done++;
    c->progress.bytes_done += f->bytes;
    if (c->options->on_progress) c->options->on_progress(c->options->ctx, &c->progress);
}

void collect_file(struct collector *c, const struct collected *f)
{
    pthread_mutex_lock(&c->lock);
    add_file(c, f);
    pthread_mutex_unlock(&c->lock);
}

bool collect_wants(struct collector *c, struct slice path)
{
    pthread_mutex_lock(&c->lock);
    bool wants = relate_wants(&c->relate, path);
    pthread_mutex_unlock(&c->lock);
    return wants;
}

static void add_related(void *ctx, struct finding *f)
{
    add_finding(ctx, f);
}

void collect_related(struct collector *c, bool whole)
{
    relate_settle(&c->relate, whole, add_related, c);
    layout_settle(&c->layout, c->options, c->result, whole, add_related, c);
    c->nomem |= c->relate.nomem || c->layout.nomem;
}

void collect_fingerprints(struct result *r)
{
    struct map seen;
    map_init(&seen, r->arena, 0);
    for (size_t i = 0; i < r->finding_count; i++) {
        struct finding *f = &r->findings[i];
        struct slice key = arena_copy(r->arena, slice_str(f->fingerprint));
        union map_value count = {.num = 0};
        (void)map_get(&seen, key, &count);
        if (count.num) finding_fingerprint(f, (unsigned)count.num);
        count.num++;
        if (!map_put(&seen, key, count, NULL)) return;
    }
}
