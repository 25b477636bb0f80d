/* SPDX-License-Identifier: Apache-2.0 */
/* pointer.c - records of a few lines.
 *
 *    git-lfs            version https://git-lfs.github.com/spec/v1      (docs/spec.md of
 * git-lfs 3.7) oid sha256:HEX size BYTES            lines in order; ext-N-NAME lines may stand
 * between Hugging Face       COMMIT / ETAG / UNIX TIME, a line each: .cache/huggingface/download/
 *                       X.metadata, where the ETag of a large file is its SHA-256 and of a small
 * one git's blob id     (huggingface_hub 1.x, _local_folder.py) refs/NAME of a cache holds a commit
 * and nothing else */
#include "base/num.h"
#include "base/st.h"
#include "read/store/store.h"

#define POINTER_MAX 1024u /* "pointer files must be less than 1024 bytes" */
#define RECORD_MAX  1024u

/* ---- git-lfs ---- */

struct pointer {
    struct file_claim claim;
    bool oid, size;
};

/* "oid sha256:HEX"; other methods are not defined. */
static void pointer_line(struct pointer *p, struct slice line)
{
    if (slice_starts(line, S("oid sha256:")))
        p->oid = store_digest(&p->claim, CLAIM_SHA256, slice_sub(line, 11, SIZE_MAX));
    if (slice_starts(line, S("size ")))
        p->size = num_u64(slice_sub(line, 5, SIZE_MAX), &p->claim.size);
}

static bool pointer_parse(struct slice text, struct file_claim *ret)
{
    static const char *const versions[] = {"version https://git-lfs.github.com/spec/v1",
                                           "version https://hawser.github.com/spec/v1"};
    struct pointer p = {.claim = {.store = CLAIM_LFS, .about = CLAIM_OBJECT, .sized = true}};
    struct slice line;
    if (text.n >= POINTER_MAX || !slice_split(&text, '\n', &line)) return false;
    if (!slice_eq(line, slice_str(versions[0])) && !slice_eq(line, slice_str(versions[1])))
        return false;
    while (slice_split(&text, '\n', &line)) pointer_line(&p, line);
    *ret = p.claim;
    return p.oid && p.size;
}

bool pointer_read(struct reading *r)
{
    struct file_claim claim;
    struct store_record c = {.r = r};
    if (!slice_starts(r->layer->bytes, S("version http"))) return false;
    if (!pointer_parse(r->layer->bytes, &claim)) return false;
    tell_format(r, FMT_TEXT, "git-lfs-pointer");
    tell_unread(r, UNREAD_POINTER, 0, r->layer->bytes.n, "git-lfs pointer to %llu bytes",
                (unsigned long long)claim.size);
    if (!r->layer->depth) store_tell(&c, &claim);
    return true;
}

/* ---- Hugging Face ---- */

static bool is_commit(struct slice s)
{
    uint8_t raw[20];
    return s.n == 40 && num_bytes(s, raw);
}

bool hub_record_fits(const struct reading *r)
{
    struct slice bytes = r->layer->bytes;
    return bytes.n <= RECORD_MAX && slice_ends(r->layer->name, S(".metadata")) &&
           is_commit(slice_trim(slice_sub(bytes, 0, slice_find_byte(bytes, '\n'))));
}

enum st hub_record_claims(struct store_record *c)
{
    struct file_claim claim = {.store = CLAIM_HUB, .about = CLAIM_SELF, .line = 2};
    struct slice rest = c->r->layer->bytes, commit, etag = S("");
    (void)slice_split(&rest, '\n', &commit);
    (void)slice_split(&rest, '\n', &etag);
    etag = slice_trim(etag);
    claim.note = slice_trim(commit);
    /* an ETag of another form, as mirrors give them, is no digest: nothing is compared */
    if (!store_digest(&claim, CLAIM_SHA256, etag)) (void)store_digest(&claim, CLAIM_GIT_BLOB, etag);
    store_tell(c, &claim);
    return ST_OK;
}

bool hub_ref_fits(const struct reading *r)
{
    return r->layer->bytes.n <= 42 && is_commit(slice_trim(r->layer->bytes));
}

enum st hub_ref_claims(struct store_record *c)
{
    store_tell(c, &(struct file_claim){.store = CLAIM_HUB,
                                       .about = CLAIM_COMMIT,
                                       .path = slice_trim(c->r->layer->bytes),
                                       .line = 1});
    return ST_OK;
}
