/* SPDX-License-Identifier: Apache-2.0 */
#include "update/key.h"
#include "base/num.h"
#include "codec/base64.h"
#include "port/openssl/digest.h"
#include "update/release_key.h"

#define BEGIN "-----BEGIN PUBLIC KEY-----"
#define END   "-----END PUBLIC KEY-----"

/* SubjectPublicKeyInfo of an Ed25519 key (RFC 8410, section 4) up to the key itself. */
static const uint8_t spki[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                               0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

static bool key_of(struct slice raw, struct rules_key *ret)
{
    struct rules_key k;
    struct digest d;
    uint8_t sum[SHA256_BYTES];
    if (raw.n != KEY_BYTES) return false;
    memcpy(k.raw, raw.p, KEY_BYTES);
    digest_start(&d);
    digest_add(&d, raw);
    digest_finish(&d, sum);
    memcpy(k.id, sum, KEY_ID_BYTES);
    *ret = k;
    return true;
}

static bool read_hex(struct slice text, struct rules_key *ret)
{
    uint8_t raw[KEY_BYTES];
    uint64_t byte;
    if (text.n != 2 * sizeof raw) return false;
    for (size_t i = 0; i < sizeof raw; i++) {
        if (!num_hex(slice_sub(text, 2 * i, 2), &byte)) return false;
        raw[i] = (uint8_t)byte;
    }
    return key_of(slice_of(raw, sizeof raw), ret);
}

static bool read_pem(struct slice text, struct rules_key *ret)
{
    uint8_t der[sizeof spki + KEY_BYTES + 1]; /* one more would not be ours */
    size_t from = slice_find(text, S(BEGIN)), to = slice_find(text, S(END));
    if (from == SIZE_MAX || to == SIZE_MAX || to < from + sizeof BEGIN - 1) return false;
    from += sizeof BEGIN - 1;
    size_t n = base64_into(slice_sub(text, from, to - from), der, sizeof der);
    if (n != sizeof der - 1) return false;
    struct slice all = slice_of(der, n);
    return slice_starts(all, slice_of(spki, sizeof spki)) &&
           key_of(slice_sub(all, sizeof spki, KEY_BYTES), ret);
}

bool key_read(struct slice text, struct rules_key *ret)
{
    text = slice_trim(text);
    return read_hex(text, ret) || read_pem(text, ret);
}

bool key_release(struct rules_key *ret)
{
    return key_read(slice_of(release_key, release_key_size), ret);
}

bool key_same(const struct rules_key *a, const struct rules_key *b)
{
    return memcmp(a->raw, b->raw, KEY_BYTES) == 0;
}

void key_hex(const struct rules_key *k, char text[65])
{
    digest_hex(k->raw, text);
}
