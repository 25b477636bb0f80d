/* SPDX-License-Identifier: Apache-2.0 */
/* known.h - digests of files by their identity, in memory.
 * Why: scan/seen.h (this run) and scan/digests.h (earlier runs) ask the same question.
 * Owns: its table and what known_put() copied.   Threads: calls are serialised inside.
 * Fails: quietly; then the file is hashed. */
#pragma once
#include "base/map.h"
#include "sign/hash.h"
#include <pthread.h>

struct known {
    pthread_mutex_t lock;
    struct arena arena;
    struct map of[HASH_KINDS]; /* identity -> digest */
};

void known_init(struct known *k);
void known_done(struct known *k);
bool known_get(struct known *k, const struct identity *id, enum hash_kind kind,
               uint8_t ret[HASH_MAX]);
/* Not when the file changed so lately that a later change may not show. */
bool known_put(struct known *k, const struct identity *id, enum hash_kind kind,
               const uint8_t raw[HASH_MAX]);
/* That many more will come; lent or put. */
bool known_expect(struct known *k, enum hash_kind kind, size_t count);
/* The bytes of an identity and of its digest, both borrowed until known_done(). */
bool known_lend(struct known *k, struct slice id, enum hash_kind kind, struct slice digest);
