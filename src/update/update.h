/* SPDX-License-Identifier: Apache-2.0 */
/* update.h - one signed file of rules and advisories: doc/format-rules-bundle.md.
 * Why: what is known of dangers changes faster than programs are built. Signed are the head and
 * the digests of the parts, so that a scan pays for one SHA-256 and a signature over 200 bytes.
 *
 *    head 64 | part rows 56 each | signature 64 | parts, one behind the other to the file's end
 *
 * Owns: nothing; a bundle's slices lie in the bytes that were read.   Threads: pure.
 * Fails: with the reason, of which update_fault_fix() says what to do. */
#pragma once
#include "update/key.h"

#define UPDATE_MAX       (16u << 20)
#define UPDATE_PARTS_MAX 16

enum update_fault {
    UPDATE_OK,
    UPDATE_NO_BUNDLE,
    UPDATE_OTHER_FORMAT, /* of a newer program */
    UPDATE_TRUNCATED,
    UPDATE_TOO_LARGE,
    UPDATE_MALFORMED,
    UPDATE_UNKNOWN_KEY,
    UPDATE_BAD_SIGNATURE,
    UPDATE_DAMAGED, /* a part is not the one that was signed */
    UPDATE_UNSOUND, /* signed, and yet it breaks the rules of its parts */
    UPDATE_NO_MEMORY,
    UPDATE_UNREADABLE, /* said by whoever reads the file */
};

struct update_part {
    struct slice name, bytes;
    uint8_t sha256[32];
};

struct update {
    struct slice head, signature; /* what is signed, and by what */
    uint32_t sequence;
    int64_t made; /* seconds since 1970, UTC */
    struct slice version;
    uint8_t key_id[KEY_ID_BYTES];
    struct update_part parts[UPDATE_PARTS_MAX];
    size_t part_count, unknown_parts;
    struct slice advisories, rules; /* the parts that this version knows; p NULL: not there */
};

/* How it is laid out. Nothing is believed yet. */
enum update_fault update_read(struct slice bytes, struct update *ret);
/* Is it signed by one of these keys, and are its parts those that were signed? */
enum update_fault update_check(const struct update *b, const struct rules_key *keys, size_t count,
                               const struct rules_key **ret_key);
/* Both. */
enum update_fault update_open(struct slice bytes, const struct rules_key *keys, size_t count,
                              struct update *ret, const struct rules_key **ret_key);
/* What is wrong, and what to do about it. */
const char *update_fault_text(enum update_fault fault);
const char *update_fault_fix(enum update_fault fault);
/* "2026.11.1" against "2026.2.3", number by number: < 0, 0, > 0. */
int version_order(struct slice a, struct slice b);
/* What tells it from every other one: the SHA-256 of what is signed, 64 hex digits. */
void update_name(const struct update *b, char ret_hex[65]);
