/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/tlog.h"
#include "codec/jot.h"
#include "log/note.h"
#include <inttypes.h>

static enum st wrong(const char *why, struct slice *ret_why)
{
    *ret_why = slice_str(why);
    return ST_MALFORMED;
}

const struct trust_log *tlog_of(const struct bundle_entry *e, const struct trust *trust,
                                size_t skip)
{
    for (size_t i = 0; i < trust->log_count; i++)
        if (slice_eq(trust->logs[i].id, e->log_id) && !skip--) return &trust->logs[i];
    return NULL;
}

bool tlog_has_time(const struct bundle_entry *e)
{
    return slice_eq(e->version, S("0.0.1"));
}

/* Rekor v1 writes its name, " - " and the number of the tree; Rekor v2 only its name. */
static struct slice origin_name(struct slice origin)
{
    size_t at = slice_find(origin, S(" - "));
    return at == SIZE_MAX ? origin : slice_sub(origin, 0, at);
}

/* "https://rekor.sigstore.dev/x" is of rekor.sigstore.dev */
static struct slice host_of(struct slice url)
{
    size_t at = slice_find(url, S("://"));
    struct slice rest = at == SIZE_MAX ? url : slice_sub(url, at + 3, url.n);
    return slice_sub(rest, 0, slice_find_byte(rest, '/'));
}

/* Neither is the signer's choice: one is signed, the other stands in the trusted root. */
static bool is_name(struct slice name, struct slice origin, const struct trust_log *log)
{
    return slice_eq(name, origin_name(origin)) || slice_eq(name, host_of(log->url));
}

/* Lines of others (witnesses) say nothing here; one with the hint of the log must hold. */
static enum st check_signer(const struct checkpoint *c, const struct trust_log *log,
                            struct slice *ret_why)
{
    size_t good = 0;
    for (size_t i = 0; i < c->note.signature_count; i++) {
        const struct note_signature *s = &c->note.signatures[i];
        if (memcmp(s->hint, log->checkpoint_id.p, sizeof s->hint) != 0) continue;
        if (!is_name(s->name, c->origin, log))
            return wrong("the checkpoint is signed in another name than its own", ret_why);
        enum st st = signature_check(log->spki, log->kind, s->bytes, c->note.text);
        if (st == ST_NOMEM) return st;
        if (st != ST_OK) return wrong("the log did not sign this checkpoint", ret_why);
        good++;
    }
    return good == 1 ? ST_OK : wrong("the checkpoint is not signed once by the log", ret_why);
}

static bool take_hashes(const struct bundle_proof *p, struct merkle_proof *ret)
{
    const struct slice *hashes = p->hashes.items;
    if (p->hashes.count > MERKLE_PROOF_MAX) return false;
    ret->count = p->hashes.count;
    for (size_t i = 0; i < ret->count; i++) {
        if (hashes[i].n != MERKLE_BYTES) return false;
        memcpy(ret->hashes[i].bytes, hashes[i].p, MERKLE_BYTES);
    }
    return true;
}

static enum st check_tree(const struct bundle_entry *e, const struct checkpoint *c,
                          struct slice *ret_why)
{
    const struct bundle_proof *p = &e->proof;
    struct merkle_proof proof;
    struct merkle_hash leaf;
    if (c->size != p->tree_size)
        return wrong("the checkpoint is of a tree of another size than the proof", ret_why);
    if (!slice_eq(p->root, slice_of(c->root.bytes, MERKLE_BYTES)))
        return wrong("the proof's rootHash is not the root that the checkpoint holds", ret_why);
    if (!take_hashes(p, &proof)) return wrong("the inclusion proof is malformed", ret_why);
    merkle_leaf(e->body, &leaf);
    if (merkle_included(p->index, p->tree_size, &leaf, &proof, &c->root)) return ST_OK;
    return wrong("the inclusion proof does not lead from the entry to the log's root", ret_why);
}

enum st tlog_included(const struct bundle_entry *e, const struct trust_log *log,
                      struct arena *arena, struct slice *ret_why)
{
    struct checkpoint c;
    if (!e->has_proof) return wrong("the log entry has no inclusion proof", ret_why);
    /* Rekor v1 counts through all its trees, and signs that index in the SET */
    if (!tlog_has_time(e) && e->index != e->proof.index)
        return wrong("the log entry and its proof name different indexes", ret_why);
    enum st st = checkpoint_read(e->proof.checkpoint, arena, &c, ret_why);
    if (st == ST_OK) st = check_signer(&c, log, ret_why);
    return st == ST_OK ? check_tree(e, &c, ret_why) : st;
}

/* RFC 8785: members sorted, no white space. */
static void write_promised(const struct bundle_entry *e, struct buf *out)
{
    struct jot j;
    jot_init(&j, out, 0);
    jot_open(&j, '{');
    jot_key(&j, "body");
    jot_base64(&j, e->body);
    jot_pair_num(&j, "integratedTime", (uint64_t)e->integrated_time);
    jot_key(&j, "logID");
    buf_byte(out, '"');
    for (size_t i = 0; i < e->log_id.n; i++) buf_printf(out, "%02x", e->log_id.p[i]);
    buf_byte(out, '"');
    buf_printf(out, ",\"logIndex\":%" PRIu64 "}", e->index);
}

enum st tlog_promised(const struct bundle_entry *e, const struct trust_log *log,
                      struct slice *ret_why)
{
    struct buf text;
    enum st st = ST_NOMEM;
    if (!tlog_has_time(e)) return wrong("Rekor v2 gives no signed entry timestamps", ret_why);
    if (e->integrated_time <= 0) return wrong("the signed entry timestamp has no time", ret_why);
    buf_init(&text, 2 * e->body.n + 4096);
    write_promised(e, &text);
    if (buf_ok(&text)) st = signature_check(log->spki, log->kind, e->promise, buf_slice(&text));
    buf_done(&text);
    return st == ST_MALFORMED ? wrong("the log did not sign this entry's time (SET)", ret_why) : st;
}
