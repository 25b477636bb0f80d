/* SPDX-License-Identifier: Apache-2.0 */
#include "read/store/store.h"
#include "base/num.h"
#include "base/st.h"

static const struct {
    store_fit_fn *fits;
    store_fn *read;
} readers[] = {
    {hub_record_fits, hub_record_claims},
    {hub_ref_fits, hub_ref_claims},
    {dvc_fits, dvc_claims},
    {dvc_list_fits, dvc_list_claims},
    {oci_fits, oci_claims},
    {mlmodel_fits, mlmodel_claims},
    {mlflow_meta_fits, mlflow_meta_claims},
};

enum st store_read(struct reading *r)
{
    struct store_record c = {.r = r};
    enum st st = ST_OK;
    if (r->layer->depth) return ST_OK;
    for (size_t i = 0; i < COUNT_OF(readers) && st == ST_OK; i++)
        if (readers[i].fits(r)) st = readers[i].read(&c);
    if (c.more)
        tell(r,
             &(struct event){.kind = EV_CLAIM,
                             .claim = &(struct file_claim){.about = CLAIM_MORE, .count = c.more}});
    return st;
}

void store_tell(struct store_record *c, const struct file_claim *claim)
{
    size_t bytes = 64 + claim->path.n + claim_digest_size(claim->kind) + claim->note.n;
    if (bytes > CLAIM_BYTES_MAX - c->bytes) {
        c->more++;
        return;
    }
    c->bytes += bytes;
    tell(c->r, &(struct event){.kind = EV_CLAIM, .line = claim->line, .claim = claim});
}

bool store_digest(struct file_claim *claim, enum claim_digest kind, struct slice hex)
{
    if (hex.n != 2 * claim_digest_size(kind) || !num_bytes(hex, claim->digest)) return false;
    claim->kind = kind;
    return true;
}
