/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_record.c - what a worker that was taken over may answer. A record that is accepted must
 * survive being written and read again. */
#include "fuzz.h"
#include "scan/record.h"
#include <stdlib.h>

static void finding(struct slice bytes, struct arena *a, struct buf *out)
{
    struct finding f, again;
    if (!record_read_finding(bytes, a, &f)) return;
    if (!f.rule || f.severity >= SEV_COUNT || f.inner_count > FINDING_INNER_MAX) abort();
    record_finding(out, &f);
    if (!buf_ok(out) || !record_read_finding(buf_slice(out), a, &again)) abort();
    if (again.rule != f.rule || again.offset != f.offset) abort();
}

static void subject(struct slice bytes, struct arena *a, struct buf *out)
{
    struct subject_record s, again;
    if (!record_read_subject(bytes, a, &s)) return;
    if (s.format >= FMT_COUNT || s.kind >= SUBJECT_KINDS) abort();
    record_subject(out, &s);
    if (!buf_ok(out) || !record_read_subject(buf_slice(out), a, &again)) abort();
    if (again.format != s.format || again.unread != s.unread) abort();
}

static void requirement(struct slice bytes, struct arena *a, struct buf *out)
{
    struct requirement q, again;
    if (!record_read_requirement(bytes, a, &q)) return;
    record_requirement(out, &q);
    if (!buf_ok(out) || !record_read_requirement(buf_slice(out), a, &again)) abort();
    if (again.exact != q.exact || !slice_eq(again.name, q.name)) abort();
}

static void claim(struct slice bytes, struct arena *a, struct buf *out)
{
    struct file_claim c, again;
    if (!record_read_claim(bytes, a, &c)) return;
    if (c.store >= CLAIM_STORES || c.about >= CLAIM_ABOUTS || c.kind >= CLAIM_DIGESTS) abort();
    record_claim(out, &c);
    if (!buf_ok(out) || !record_read_claim(buf_slice(out), a, &again)) abort();
    if (again.size != c.size || memcmp(again.digest, c.digest, sizeof c.digest)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_of(data, size);
    struct arena a;
    struct buf out;
    arena_init(&a, 1u << 20, 4096);
    buf_init(&out, 1u << 20);
    if (record_kind(bytes) == 'F') finding(bytes, &a, &out);
    if (record_kind(bytes) == 'S') subject(bytes, &a, &out);
    if (record_kind(bytes) == 'R') requirement(bytes, &a, &out);
    if (record_kind(bytes) == 'C') claim(bytes, &a, &out);
    buf_done(&out);
    arena_done(&a);
    return 0;
}
