/* SPDX-License-Identifier: Apache-2.0 */
#include "log/notekey.h"
#include "base/host.h"
#include "base/num.h"
#include "codec/base64.h"
#include "port/openssl/digest.h"

#define ALGORITHM 1 /* Ed25519 */

static void set_hint(struct note_public *p)
{
    struct digest d;
    uint8_t sum[SHA256_BYTES], algorithm = ALGORITHM;
    digest_start(&d);
    digest_add(&d, slice_str(p->name));
    digest_add(&d, S("\n"));
    digest_add(&d, slice_of(&algorithm, 1));
    digest_add(&d, slice_of(p->key, sizeof p->key));
    digest_finish(&d, sum);
    memcpy(p->hint, sum, sizeof p->hint);
}

static void complete(struct note_key *k)
{
    ed25519_public(k->seed, k->public.key);
    set_hint(&k->public);
}

bool notekey_make(struct note_key *ret)
{
    uint8_t id[8];
    struct note_key k = {0};
    struct buf name;
    if (!host_random(k.seed, sizeof k.seed) || !host_random(id, sizeof id)) return false;
    buf_init(&name, NOTEKEY_NAME_MAX);
    buf_str(&name, "merlon-log-");
    buf_hex(&name, slice_of(id, sizeof id));
    bool ok = buf_ok(&name);
    if (ok) memcpy(k.public.name, name.p, name.n);
    buf_done(&name);
    if (!ok) return false;
    complete(&k);
    *ret = k;
    return true;
}

static bool is_name(struct slice s)
{
    if (!s.n || s.n > NOTEKEY_NAME_MAX) return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f) return false;
    return true;
}

/* name+hint+Base64: `raw` gets the 32 bytes behind the algorithm. */
static bool read_parts(struct slice text, struct note_public *p, uint8_t raw[32])
{
    struct slice rest = slice_trim(text), name, hint;
    uint8_t bytes[34];
    if (rest.n > NOTEKEY_TEXT_MAX || !slice_split(&rest, '+', &name) || !is_name(name))
        return false;
    if (!rest.p || !slice_split(&rest, '+', &hint) || hint.n != 8 || !rest.p) return false;
    if (!num_bytes(hint, p->hint) || base64_into(rest, bytes, sizeof bytes) != 33) return false;
    if (bytes[0] != ALGORITHM) return false;
    memcpy(p->name, name.p, name.n);
    p->name[name.n] = 0;
    memcpy(raw, &bytes[1], 32);
    return true;
}

static bool hint_holds(struct note_public *p)
{
    uint8_t said[4];
    memcpy(said, p->hint, sizeof said);
    set_hint(p);
    return memcmp(said, p->hint, sizeof said) == 0;
}

bool notekey_read(struct slice text, struct note_key *ret)
{
    struct note_key k = {0};
    struct slice mark = S("PRIVATE+KEY+");
    if (!slice_starts(text, mark)) return false;
    if (!read_parts(slice_sub(text, mark.n, text.n), &k.public, k.seed)) return false;
    ed25519_public(k.seed, k.public.key);
    if (!hint_holds(&k.public)) return false;
    *ret = k;
    notekey_forget(&k);
    return true;
}

bool notekey_read_public(struct slice text, struct note_public *ret)
{
    struct note_public p = {0};
    if (!read_parts(text, &p, p.key) || !hint_holds(&p)) return false;
    *ret = p;
    return true;
}

static void write_parts(const struct note_public *p, const uint8_t raw[32], struct buf *out)
{
    uint8_t bytes[33] = {ALGORITHM};
    memcpy(&bytes[1], raw, 32);
    buf_str(out, p->name);
    buf_byte(out, '+');
    buf_hex(out, slice_of(p->hint, sizeof p->hint));
    buf_byte(out, '+');
    base64_write(slice_of(bytes, sizeof bytes), out);
    buf_byte(out, '\n');
    explicit_bzero(bytes, sizeof bytes);
}

void notekey_write(const struct note_key *k, struct buf *out)
{
    buf_str(out, "PRIVATE+KEY+");
    write_parts(&k->public, k->seed, out);
}

void notekey_write_public(const struct note_public *p, struct buf *out)
{
    write_parts(p, p->key, out);
}

void notekey_forget(struct note_key *k)
{
    explicit_bzero(k, sizeof *k);
}

bool notekey_same(const struct note_public *a, const struct note_public *b)
{
    return strcmp(a->name, b->name) == 0 && memcmp(a->key, b->key, sizeof a->key) == 0;
}
