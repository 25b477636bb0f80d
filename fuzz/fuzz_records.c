/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_records.c - statements over records, proofs, lists of what was revoked. What is accepted
 * must survive being written and read again. */
#include "fuzz.h"
#include "sign/records.h"
#include "sign/revoked.h"
#include <stdlib.h>

static void statement(struct slice json, struct arena *a, struct buf *b)
{
    struct records_tree t, again;
    struct slice why;
    if (records_read(json, a, &t, &why) != ST_OK) return;
    records_statement(&t, b);
    if (records_read(buf_slice(b), a, &again, &why) != ST_OK) abort();
    if (again.size != t.size || !merkle_equal(&again.root, &t.root)) abort();
}

static void proof(struct slice json, struct arena *a, struct buf *b)
{
    struct records_proof p, again;
    struct records_tree t = {.size = 1};
    struct slice why;
    if (records_proof_read(json, a, &p, &why) != ST_OK) return;
    t.size = p.size;
    if (records_proof_holds(&p, &t)) abort(); /* to a root of zeros */
    records_proof_write(&p, b);
    if (records_proof_read(buf_slice(b), a, &again, &why) != ST_OK) abort();
    if (again.absent != p.absent || again.in.index != p.in.index) abort();
}

static void revoked(struct slice json, struct arena *a)
{
    static const uint8_t zeros[32];
    struct revoked r;
    struct slice why;
    if (revoked_read(json, a, &r, &why) == ST_OK) (void)revoked_model(&r, zeros);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct buf b;
    arena_init(&a, 4u << 20, 4096);
    buf_init(&b, 4u << 20);
    statement(slice_of(data, size), &a, &b);
    revoked(slice_of(data, size), &a);
    buf_reset(&b);
    proof(slice_of(data, size), &a, &b);
    buf_done(&b);
    arena_done(&a);
    return 0;
}
