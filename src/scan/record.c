/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/record.h"
#include "base/cursor.h"
#include "finding/rules.h"

#define TEXT_MAX   4000u
#define DETAIL_MAX 40000u

static void put_text(struct buf *out, struct slice s, size_t most)
{
    s = slice_sub(s, 0, most);
    buf_u16le(out, (uint16_t)s.n);
    buf_add(out, s);
}

static size_t rule_index(const struct rule *rule)
{
    size_t low = 0, high = rule_count();
    while (low < high) { /* the table is sorted by id */
        size_t mid = (low + high) / 2;
        if (slice_cmp(slice_str(rule_at(mid)->id), slice_str(rule->id)) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void put_circumstances(struct buf *out, const struct finding *f)
{
    buf_byte(out, (uint8_t)f->when.kind);
    put_text(out, f->when.name, 1000);
    put_text(out, f->when.versions, 1000);
    put_text(out, f->when.loads, 1000);
    bool edit = f->edit.text.p && f->edit.text.n <= TEXT_MAX;
    buf_byte(out, edit);
    if (!edit) return;
    buf_u64le(out, f->edit.from);
    buf_u64le(out, f->edit.to);
    put_text(out, f->edit.text, TEXT_MAX);
}

void record_finding(struct buf *out, const struct finding *f)
{
    buf_byte(out, 'F');
    buf_u16le(out, (uint16_t)rule_index(f->rule));
    buf_byte(out, (uint8_t)f->severity);
    buf_u64le(out, (uint64_t)f->line);
    buf_u64le(out, (uint64_t)f->column);
    buf_u64le(out, (uint64_t)f->offset);
    buf_u64le(out, (uint64_t)f->row);
    buf_u64le(out, f->anchor);
    buf_byte(out, (uint8_t)f->inner_count);
    for (size_t i = 0; i < f->inner_count; i++) put_text(out, f->inner[i], 1000);
    put_text(out, f->field, 1000);
    put_text(out, f->message, TEXT_MAX);
    put_text(out, f->evidence, TEXT_MAX);
    put_text(out, f->fix, TEXT_MAX);
    put_circumstances(out, f);
}

void record_requirement(struct buf *out, const struct requirement *q)
{
    buf_byte(out, 'R');
    buf_byte(out, q->exact);
    put_text(out, q->name, 1000);
    put_text(out, q->versions, 1000);
}

void record_claim(struct buf *out, const struct file_claim *claim)
{
    buf_byte(out, 'C');
    buf_byte(out, (uint8_t)claim->store);
    buf_byte(out, (uint8_t)claim->about);
    buf_byte(out, (uint8_t)claim->kind);
    buf_byte(out, (uint8_t)(claim->optional | claim->sized << 1));
    buf_u64le(out, claim->size);
    buf_u64le(out, claim->count);
    buf_u64le(out, claim->line);
    buf_add(out, slice_of(claim->digest, claim_digest_size(claim->kind)));
    put_text(out, claim->path, 4096);
    put_text(out, claim->note, 300);
}

void record_subject(struct buf *out, const struct subject_record *s)
{
    buf_byte(out, 'S');
    buf_u16le(out, (uint16_t)s->format);
    buf_byte(out, (uint8_t)s->kind);
    buf_byte(out, (uint8_t)s->flags);
    buf_u64le(out, s->unread);
    put_text(out, s->variant, 100);
    put_text(out, s->detail, DETAIL_MAX);
}

int record_kind(struct slice record)
{
    return record.n && slice_find_byte(S("FSRC"), record.p[0]) != SIZE_MAX ? record.p[0] : 0;
}

static struct slice get_text(struct cursor *c, struct arena *a)
{
    struct slice s = cur_bytes(c, cur_u16le(c));
    struct slice copy = arena_copy(a, s);
    if (!copy.p) c->bad = true;
    return copy;
}

/* -1 for "does not apply", else not negative. */
static int64_t get_place(struct cursor *c)
{
    int64_t v = (int64_t)cur_u64le(c);
    if (v < -1) c->bad = true;
    return v;
}

static void get_circumstances(struct cursor *c, struct arena *a, struct finding *f)
{
    unsigned kind = cur_u8(c);
    if (kind >= CONDITION_KINDS) c->bad = true;
    f->when.kind = (enum condition_kind)kind;
    f->when.name = get_text(c, a);
    f->when.versions = get_text(c, a);
    f->when.loads = get_text(c, a);
    unsigned edit = cur_u8(c);
    if (edit > 1) c->bad = true;
    if (!edit) return;
    f->edit.from = cur_u64le(c);
    f->edit.to = cur_u64le(c);
    f->edit.text = get_text(c, a);
    if (!finding_edit_known(&f->edit)) c->bad = true;
}

bool record_read_finding(struct slice record, struct arena *a, struct finding *ret)
{
    struct cursor c = cur_of(record);
    if (cur_u8(&c) != 'F') return false;
    const struct rule *rule = rule_at(cur_u16le(&c));
    unsigned severity = cur_u8(&c);
    if (!rule || severity >= SEV_COUNT) return false;
    struct finding f = finding_of(rule);
    f.severity = (enum severity)severity;
    f.line = get_place(&c);
    f.column = get_place(&c);
    f.offset = get_place(&c);
    f.row = get_place(&c);
    f.anchor = cur_u64le(&c);
    f.inner_count = cur_u8(&c);
    if (f.inner_count > FINDING_INNER_MAX) return false;
    for (size_t i = 0; i < f.inner_count; i++) f.inner[i] = get_text(&c, a);
    f.field = get_text(&c, a);
    f.message = get_text(&c, a);
    f.evidence = get_text(&c, a);
    f.fix = get_text(&c, a);
    get_circumstances(&c, a, &f);
    if (!cur_ok(&c) || cur_left(&c)) return false;
    *ret = f;
    return true;
}

bool record_read_subject(struct slice record, struct arena *a, struct subject_record *ret)
{
    struct cursor c = cur_of(record);
    if (cur_u8(&c) != 'S') return false;
    struct subject_record s = {0};
    unsigned format = cur_u16le(&c), kind = cur_u8(&c);
    if (format >= FMT_COUNT || kind >= SUBJECT_KINDS) return false;
    s.format = (enum format)format;
    s.kind = (enum subject_kind)kind;
    s.flags = cur_u8(&c);
    s.unread = cur_u64le(&c);
    s.variant = get_text(&c, a);
    s.detail = get_text(&c, a);
    if (!cur_ok(&c) || cur_left(&c)) return false;
    *ret = s;
    return true;
}

bool record_read_requirement(struct slice record, struct arena *a, struct requirement *ret)
{
    struct cursor c = cur_of(record);
    if (cur_u8(&c) != 'R') return false;
    unsigned exact = cur_u8(&c);
    struct slice name = get_text(&c, a), versions = get_text(&c, a);
    if (exact > 1 || !cur_ok(&c) || cur_left(&c)) return false;
    *ret = (struct requirement){.name = name, .versions = versions, .exact = exact};
    return true;
}

bool record_read_claim(struct slice record, struct arena *a, struct file_claim *ret)
{
    struct cursor c = cur_of(record);
    if (cur_u8(&c) != 'C') return false;
    unsigned store = cur_u8(&c), about = cur_u8(&c), kind = cur_u8(&c), flags = cur_u8(&c);
    if (store >= CLAIM_STORES || about >= CLAIM_ABOUTS || kind >= CLAIM_DIGESTS || flags > 3)
        return false;
    struct file_claim claim = {.store = (enum claim_store)store,
                               .about = (enum claim_about)about,
                               .kind = (enum claim_digest)kind,
                               .optional = flags & 1,
                               .sized = flags >> 1};
    claim.size = cur_u64le(&c);
    claim.count = cur_u64le(&c);
    claim.line = cur_u64le(&c);
    struct slice digest = cur_bytes(&c, claim_digest_size(claim.kind));
    if (digest.n) memcpy(claim.digest, digest.p, digest.n);
    claim.path = get_text(&c, a);
    claim.note = get_text(&c, a);
    if (!cur_ok(&c) || cur_left(&c) || claim.line > INT64_MAX) return false;
    *ret = claim;
    return true;
}
