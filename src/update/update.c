/* SPDX-License-Identifier: Apache-2.0 */
#include "update/update.h"
#include "base/cursor.h"
#include "base/num.h"
#include "port/openssl/digest.h"
#include "port/sodium/ed25519.h"

#define MAGIC     "MERLRULE"
#define FORMAT    1
#define HEAD      64u
#define ROW       56u
#define NAME      8u
#define VERSION   16u
#define LONG_AGO  1577836800ll /* 2020: nothing was signed before */
#define MADE_MAX  (1ll << 36)  /* the year 4147 */
#define TEXT_FROM '!'

/* ---- how it is laid out ---- */

/* A text filled up with zeros; false when anything stands behind a zero, or it is empty. */
static bool padded(struct slice field, struct slice *ret)
{
    size_t n = 0;
    while (n < field.n && field.p[n] >= TEXT_FROM && field.p[n] < 127) n++;
    *ret = slice_sub(field, 0, n);
    for (size_t i = n; i < field.n; i++)
        if (field.p[i]) return false;
    return n > 0;
}

static bool is_version(struct slice s)
{
    struct slice rest = s, part;
    uint64_t number;
    unsigned parts = 0;
    while (slice_split(&rest, '.', &part)) {
        if (part.n > 4 || !num_u64(part, &number)) return false;
        parts++;
    }
    return parts == 3;
}

/* Which bytes there are is said before anything else: a file that was cut should say so. */
static enum update_fault read_head(struct cursor *c, struct slice bytes, struct update *ret)
{
    if (!slice_eq(cur_bytes(c, 8), S(MAGIC)))
        return slice_starts(S(MAGIC), bytes) && bytes.n ? UPDATE_TRUNCATED : UPDATE_NO_BUNDLE;
    uint16_t format = cur_u16le(c);
    ret->part_count = cur_u16le(c);
    ret->sequence = cur_u32le(c);
    uint64_t made = cur_u64le(c), length = cur_u64le(c);
    struct slice version = cur_bytes(c, VERSION), key = cur_bytes(c, KEY_ID_BYTES);
    uint64_t reserved = cur_u64le(c);
    if (!cur_ok(c)) return UPDATE_TRUNCATED;
    if (format != FORMAT) return UPDATE_OTHER_FORMAT;
    if (length > UPDATE_MAX) return UPDATE_TOO_LARGE;
    if (length > bytes.n) return UPDATE_TRUNCATED;
    memcpy(ret->key_id, key.p, KEY_ID_BYTES);
    ret->made = (int64_t)(made & INT64_MAX);
    bool ok = length == bytes.n && !reserved && ret->sequence && ret->part_count &&
              ret->part_count <= UPDATE_PARTS_MAX && made >= LONG_AGO && made <= MADE_MAX &&
              padded(version, &ret->version) && is_version(ret->version);
    return ok ? UPDATE_OK : UPDATE_MALFORMED;
}

static bool is_new(const struct update *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(b->parts[i].name, b->parts[n].name)) return false;
    return true;
}

/* `at`: where it must begin, and where the next one must. */
static bool read_row(struct cursor *c, struct slice bytes, struct update *b, size_t i, uint64_t *at)
{
    struct update_part *p = &b->parts[i];
    struct slice name = cur_bytes(c, NAME);
    uint64_t from = cur_u64le(c), n = cur_u64le(c);
    struct slice sum = cur_bytes(c, SHA256_BYTES);
    if (!cur_ok(c) || !padded(name, &p->name) || from != *at || n > bytes.n - from) return false;
    memcpy(p->sha256, sum.p, SHA256_BYTES);
    p->bytes = slice_sub(bytes, from, n);
    *at += n;
    return is_new(b, i);
}

static void sort_out(struct update *b)
{
    for (size_t i = 0; i < b->part_count; i++) {
        const struct update_part *p = &b->parts[i];
        if (slice_eq(p->name, S("advisory")))
            b->advisories = p->bytes;
        else if (slice_eq(p->name, S("rules")))
            b->rules = p->bytes;
        else
            b->unknown_parts++;
    }
}

enum update_fault update_read(struct slice bytes, struct update *ret)
{
    struct cursor c = cur_of(bytes);
    *ret = (struct update){0};
    if (bytes.n > UPDATE_MAX) return UPDATE_TOO_LARGE;
    enum update_fault fault = read_head(&c, bytes, ret);
    if (fault) return fault;
    size_t signed_n = HEAD + ROW * ret->part_count;
    uint64_t at = signed_n + ED25519_BYTES;
    if (at > bytes.n) return UPDATE_MALFORMED;
    ret->head = slice_sub(bytes, 0, signed_n);
    ret->signature = slice_sub(bytes, signed_n, ED25519_BYTES);
    for (size_t i = 0; i < ret->part_count; i++)
        if (!read_row(&c, bytes, ret, i, &at)) return UPDATE_MALFORMED;
    if (at != bytes.n) return UPDATE_MALFORMED;
    sort_out(ret);
    return UPDATE_OK;
}

/* ---- whose it is ---- */

static bool is_part(const struct update_part *p)
{
    struct digest d;
    uint8_t sum[SHA256_BYTES];
    digest_start(&d);
    digest_add(&d, p->bytes);
    digest_finish(&d, sum);
    return digest_equal(sum, p->sha256);
}

enum update_fault update_check(const struct update *b, const struct rules_key *keys, size_t count,
                               const struct rules_key **ret_key)
{
    const struct rules_key *key = NULL;
    for (size_t i = 0; i < count && !key; i++)
        if (memcmp(keys[i].id, b->key_id, KEY_ID_BYTES) == 0) key = &keys[i];
    if (!key) return UPDATE_UNKNOWN_KEY;
    if (!ed25519_valid(b->head, b->signature.p, key->raw)) return UPDATE_BAD_SIGNATURE;
    for (size_t i = 0; i < b->part_count; i++)
        if (!is_part(&b->parts[i])) return UPDATE_DAMAGED;
    *ret_key = key;
    return UPDATE_OK;
}

enum update_fault update_open(struct slice bytes, const struct rules_key *keys, size_t count,
                              struct update *ret, const struct rules_key **ret_key)
{
    enum update_fault fault = update_read(bytes, ret);
    return fault ? fault : update_check(ret, keys, count, ret_key);
}

static const struct {
    const char *text, *fix;
} faults[] = {
    [UPDATE_OK] = {"it is sound", "nothing"},
    [UPDATE_NO_BUNDLE] = {"it is no bundle of rules",
                          "name the file that was made for merlon rules update"},
    [UPDATE_OTHER_FORMAT] = {"its format is newer than this program",
                             "install a newer merlon, or a bundle made for this one"},
    [UPDATE_TRUNCATED] = {"it is cut short", "fetch it again"},
    [UPDATE_TOO_LARGE] = {"it is larger than 16 MiB, which no bundle may be",
                          "ask whoever made it"},
    [UPDATE_MALFORMED] = {"it breaks the format of bundles",
                          "fetch it again, or ask whoever made it"},
    [UPDATE_UNKNOWN_KEY] = {"it is signed with a key that is not trusted",
                            "if you trust its maker, name the key: --public-key KEY.pem"},
    [UPDATE_BAD_SIGNATURE] = {"its signature is wrong: somebody changed it",
                              "do not use it; fetch it again from its maker"},
    [UPDATE_DAMAGED] = {"a part of it is not the one that was signed: somebody changed it",
                        "do not use it; fetch it again from its maker"},
    [UPDATE_UNSOUND] = {"it is signed, but broken inside or asks for what no bundle may do",
                        "tell whoever made it; nothing of it is used"},
    [UPDATE_NO_MEMORY] = {"there is not enough memory to read it", "end other programs"},
    [UPDATE_UNREADABLE] = {"it cannot be read", "check who may read it"},
};

const char *update_fault_text(enum update_fault fault)
{
    return faults[fault].text;
}

const char *update_fault_fix(enum update_fault fault)
{
    return faults[fault].fix;
}

/* ---- versions and names ---- */

static uint64_t next_number(struct slice *rest)
{
    struct slice part;
    uint64_t n = 0;
    if (slice_split(rest, '.', &part)) (void)num_u64(part, &n);
    return n;
}

int version_order(struct slice a, struct slice b)
{
    while (a.p || b.p) {
        uint64_t x = next_number(&a), y = next_number(&b);
        if (x != y) return x < y ? -1 : 1;
    }
    return 0;
}

void update_name(const struct update *b, char ret_hex[65])
{
    struct digest d;
    uint8_t sum[SHA256_BYTES];
    digest_start(&d);
    digest_add(&d, b->head);
    digest_finish(&d, sum);
    digest_hex(sum, ret_hex);
}
