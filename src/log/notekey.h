/* SPDX-License-Identifier: Apache-2.0 */
/* notekey.h - the Ed25519 key that signs a log's checkpoints, in the spelling of signed notes.
 *
 *     PRIVATE+KEY+merlon-log-0123456789abcdef+530d903a+Base64(0x01 | 32 bytes)    kept, mode 0600
 *     merlon-log-0123456789abcdef+530d903a+Base64(0x01 | 32 bytes)                given away
 *     └ name, also the log's origin └ SHA-256(name | \n | 0x01 | public key), first 4 bytes
 *
 * Source: C2SP signed-note ("verifier keys"); the private form is that of Go's sumdb/note.
 * Owns: nothing; a key is a value, notekey_forget() wipes it.   Threads: pure.
 * Fails: false: these are not such texts, or there is no randomness. */
#pragma once
#include "base/buf.h"
#include "port/sodium/ed25519.h"

#define NOTEKEY_NAME_MAX 128
#define NOTEKEY_TEXT_MAX 512

struct note_public {
    char name[NOTEKEY_NAME_MAX + 1];
    uint8_t hint[4];
    uint8_t key[ED25519_KEY_BYTES];
};

struct note_key {
    struct note_public public;
    uint8_t seed[ED25519_SEED_BYTES];
};

bool notekey_make(struct note_key *ret); /* a new one, under a new name */
bool notekey_read(struct slice text, struct note_key *ret);
bool notekey_read_public(struct slice text, struct note_public *ret);
/* With a line break. */
void notekey_write(const struct note_key *k, struct buf *out);
void notekey_write_public(const struct note_public *p, struct buf *out);
void notekey_forget(struct note_key *k);
bool notekey_same(const struct note_public *a, const struct note_public *b);
