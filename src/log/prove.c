/* SPDX-License-Identifier: Apache-2.0 */
/* prove.c - the hashes of a proof are roots of the ranges beside the record's path to the root:
 *
 *     [0, 8) ─┬─ [0, 4)                        for record 5 of 7: [0, 4), [6, 7), [4, 5)
 *             └─ [4, 7) ─┬─ [4, 6) ─┬─ 4
 *                        │          └─ 5
 *                        └─ [6, 7)
 *
 * They do not overlap, so one pass over the records is enough. Of records that retention took away
 * the last sealed checkpoint has what is needed: a range that begins before it is made of its peaks
 * and of what follows. */
#include "log/prove.h"
#include "base/num.h"
#include "codec/base64.h"
#include "log/reader.h"
#include <errno.h>

#define MAGIC     "c2sp.org/tlog-proof@v1"
#define PROOF_MAX ((size_t)1 << 20)

struct range {
    uint64_t from, to;
    struct merkle tree;
};

struct proving {
    const struct note_public *key;
    struct reader reader;
    struct arena arena;
    uint64_t n;
    struct head head;     /* of the last checkpoint */
    struct slice text;    /* the same as it is written */
    struct merkle gone;   /* of the records that are not there any more */
    struct range *ranges; /* from the leaf up */
    size_t count;
    struct slice line; /* the record */
    struct merkle_hash leaf;
};

static enum st fail(enum st st, const char *what, struct buf *ret_why)
{
    buf_str(ret_why, what);
    return st;
}

/* ---- what is needed ---- */

static uint64_t half(uint64_t size)
{
    uint64_t k = 1;
    while (k < size - k) k <<= 1;
    return k;
}

/* The peaks of records [from, to) of those that are gone: they are peaks of the whole. */
static void seed(struct range *r, const struct merkle *gone)
{
    uint64_t to = r->to < gone->size ? r->to : gone->size;
    if (r->from >= to) return;
    r->tree.size = to - r->from;
    for (unsigned h = 0; h < MERKLE_PROOF_MAX; h++)
        if (r->tree.size >> h & 1) r->tree.peaks[h] = gone->peaks[h];
}

static enum st make_ranges(struct proving *p)
{
    uint64_t from = 0, to = p->head.tree.size;
    struct range down[MERKLE_PROOF_MAX];
    size_t count = 0;
    for (; to - from > 1; count++) {
        uint64_t middle = from + half(to - from);
        bool left = p->n < middle;
        down[count] = (struct range){.from = left ? middle : from, .to = left ? to : middle};
        *(left ? &to : &from) = middle;
    }
    p->ranges = ARENA_ARRAY(&p->arena, struct range, count + 1);
    if (!p->ranges) return ST_NOMEM;
    for (; p->count < count; p->count++) {
        p->ranges[p->count] = down[count - 1 - p->count];
        seed(&p->ranges[p->count], &p->gone);
    }
    return ST_OK;
}

static enum st read_head(struct proving *p, uint64_t segment, struct head *ret, struct slice *text,
                         struct buf *ret_why)
{
    struct buf b;
    struct slice last, why;
    uint64_t from;
    enum st st = ST_OK;
    buf_init(&b, HEAD_TAIL_MAX);
    *text = S("");
    if (!head_last(&p->reader.folder, segment, &b, &from, &last))
        st = fail(ST_IO, strerror(errno), ret_why);
    else if (last.n && !(*text = arena_copy(&p->arena, last)).p)
        st = ST_NOMEM;
    if (st == ST_OK && text->n) st = head_read(*text, p->key, &p->arena, ret, &why);
    if (st == ST_MALFORMED) buf_printf(ret_why, "a checkpoint: %.*s", SLICE_ARG(why));
    buf_done(&b);
    return st;
}

/* The last checkpoint, and the one before the first record that is there. */
static enum st find_heads(struct proving *p, struct buf *ret_why)
{
    const struct folder *f = &p->reader.folder;
    struct slice text;
    struct head before = {0};
    enum st st = ST_OK;
    for (size_t i = f->count; st == ST_OK && !p->text.n && i-- > 0;)
        st = read_head(p, f->segments[i].number, &p->head, &p->text, ret_why);
    for (size_t i = 0; st == ST_OK && i < f->count && !f->segments[i].log; i++)
        st = read_head(p, f->segments[i].number, &before, &text, ret_why);
    p->gone = before.tree;
    if (st != ST_OK) return st;
    if (p->n >= p->head.tree.size)
        return fail(ST_UNSUPPORTED, "there is no such record, or no checkpoint covers it yet",
                    ret_why);
    if (p->n < p->gone.size)
        return fail(ST_UNSUPPORTED, "retention took that record away", ret_why);
    return ST_OK;
}

/* ---- the pass ---- */

static enum st take(struct proving *p, const struct record *record)
{
    struct merkle_hash leaf;
    merkle_leaf(record->text, &leaf);
    if (record->n == p->n) {
        p->leaf = leaf;
        p->line = arena_copy(&p->arena, record->text);
        return p->line.p ? ST_OK : ST_NOMEM;
    }
    for (size_t i = 0; i < p->count; i++) {
        struct range *r = &p->ranges[i];
        if (record->n < r->from || record->n >= r->to) continue;
        merkle_add(&r->tree, &leaf);
        return ST_OK;
    }
    return ST_OK;
}

static enum st read_all(struct proving *p, struct buf *ret_why)
{
    struct record record;
    enum st st = ST_OK;
    for (uint64_t next = p->gone.size; st == ST_OK && next < p->head.tree.size; next++) {
        enum reader_end end = reader_next(&p->reader, &record);
        if (end == READER_IO) return fail(ST_IO, strerror(errno), ret_why);
        if (end != READER_OK || record.n != next)
            return fail(ST_MALFORMED, "the log is damaged: merlon audit verify says where",
                        ret_why);
        st = take(p, &record);
    }
    return st;
}

static void put_hash(const struct merkle_hash *h, struct buf *out)
{
    base64_write(slice_of(h->bytes, MERKLE_BYTES), out);
    buf_byte(out, '\n');
}

static enum st write_proof(const struct proving *p, struct buf *out, struct buf *ret_why)
{
    struct merkle_proof proof = {.count = p->count};
    for (size_t i = 0; i < p->count; i++) merkle_root(&p->ranges[i].tree, &proof.hashes[i]);
    if (!merkle_included(p->n, p->head.tree.size, &p->leaf, &proof, &p->head.root))
        return fail(ST_MALFORMED, "the log is damaged: merlon audit verify says where", ret_why);
    buf_str(out, MAGIC "\nextra ");
    base64_write(p->line, out);
    buf_printf(out, "\nindex %llu\n", (unsigned long long)p->n);
    for (size_t i = 0; i < p->count; i++) put_hash(&proof.hashes[i], out);
    buf_byte(out, '\n');
    buf_add(out, slice_sub(p->text, 0, p->text.n - 1));
    return buf_ok(out) ? ST_OK : ST_NOMEM;
}

enum st prove_record(const char *path, const struct log_io *io, const struct note_public *key,
                     uint64_t n, struct buf *out, struct buf *ret_why)
{
    struct proving p = {.key = key, .n = n};
    if (!reader_open(&p.reader, path, io)) return fail(ST_IO, strerror(errno), ret_why);
    arena_init(&p.arena, 16u << 20, 1u << 16);
    enum st st = find_heads(&p, ret_why);
    if (st == ST_OK) st = make_ranges(&p);
    if (st == ST_OK) st = read_all(&p, ret_why);
    if (st == ST_OK) st = write_proof(&p, out, ret_why);
    reader_done(&p.reader);
    arena_done(&p.arena);
    return st;
}

/* ---- checking ---- */

static enum st wrong(const char *why, struct slice *ret_why)
{
    *ret_why = slice_str(why);
    return ST_MALFORMED;
}

static bool after(struct slice line, struct slice word, struct slice *ret)
{
    *ret = slice_sub(line, word.n, line.n);
    return slice_starts(line, word);
}

static enum st read_hashes(struct slice *rest, struct merkle_proof *ret, struct slice *ret_why)
{
    struct slice line;
    uint8_t raw[MERKLE_BYTES + 1];
    for (ret->count = 0; slice_split(rest, '\n', &line) && line.n; ret->count++) {
        if (ret->count == MERKLE_PROOF_MAX) return wrong("it has too many hashes", ret_why);
        if (base64_into(line, raw, sizeof raw) != MERKLE_BYTES ||
            !note_canonical(line, slice_of(raw, MERKLE_BYTES)))
            return wrong("a line is no hash", ret_why);
        memcpy(ret->hashes[ret->count].bytes, raw, MERKLE_BYTES);
    }
    return rest->p ? ST_OK : wrong("it has no checkpoint", ret_why);
}

static enum st read_top(struct slice *rest, struct arena *arena, struct proven *p,
                        struct slice *ret_why)
{
    struct slice line, value;
    if (!slice_split(rest, '\n', &line) || !slice_eq(line, S(MAGIC)))
        return wrong("it is no proof (" MAGIC ")", ret_why);
    if (!slice_split(rest, '\n', &line) || !after(line, S("extra "), &value))
        return wrong("it does not hold the record", ret_why);
    if (!base64_decode(value, arena, &p->line))
        return p->line.p ? wrong("its record is not Base64", ret_why) : ST_NOMEM;
    if (!note_canonical(value, p->line)) return wrong("its record is not Base64", ret_why);
    if (!slice_split(rest, '\n', &line) || !after(line, S("index "), &value) ||
        !num_u64(value, &p->index))
        return wrong("it does not say which record", ret_why);
    return ST_OK;
}

enum st prove_check(struct slice proof, const struct note_public *key, struct arena *arena,
                    struct proven *ret, struct slice *ret_why)
{
    struct slice rest = proof;
    struct merkle_proof hashes;
    struct merkle_hash leaf;
    struct proven p = {0};
    if (proof.n > PROOF_MAX) return wrong("it is too large", ret_why);
    enum st st = read_top(&rest, arena, &p, ret_why);
    if (st == ST_OK) st = read_hashes(&rest, &hashes, ret_why);
    if (st == ST_OK) st = head_read(rest, key, arena, &p.head, ret_why);
    if (st != ST_OK) return st;
    merkle_leaf(p.line, &leaf);
    if (!merkle_included(p.index, p.head.tree.size, &leaf, &hashes, &p.head.root))
        return wrong("it does not lead from this record to the checkpoint's root", ret_why);
    *ret = p;
    return ST_OK;
}
