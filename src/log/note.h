/* SPDX-License-Identifier: Apache-2.0 */
/* note.h - signed notes, and the checkpoints of transparency logs that are written as such.
 *
 *     rekor.sigstore.dev - 1193050959916656506     origin        ┐
 *     476246825                                    tree size     │ what is signed,
 *     V0NA1ekHc4sMtyOk9+rSfb50+v1kFb/0QXYbxrm43gk= root hash     │ to its last line break
 *     (more lines)                                               ┘
 *
 *     — rekor.sigstore.dev wNI9ajBFAiBtV0g...      name, Base64 of (4 bytes of the key's id,
 * signature)
 *
 * Read only: whose signature counts is for the caller to say. Source: C2SP signed-note and
 * tlog-checkpoint. Owns: nothing; results lie in the input and the arena.   Threads: one owner.
 * Fails: ST_MALFORMED with a sentence; ST_NOMEM. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "log/merkle.h"

#define NOTE_MAX            (64u << 10) /* bytes */
#define NOTE_SIGNATURES_MAX 32

struct note_signature {
    struct slice name;
    uint8_t hint[4];
    struct slice bytes;
};

struct note {
    struct slice text; /* what is signed */
    struct note_signature *signatures;
    size_t signature_count; /* at least 1 */
};

struct checkpoint {
    struct note note;
    struct slice origin;
    uint64_t size;
    struct merkle_hash root;
};

/* Is this the only proper Base64 of these bytes? A second one would be the same note in other
 * letters. */
bool note_canonical(struct slice text, struct slice bytes);
MUST_USE enum st note_read(struct slice text, struct arena *arena, struct note *ret,
                           struct slice *ret_why);
MUST_USE enum st checkpoint_read(struct slice text, struct arena *arena, struct checkpoint *ret,
                                 struct slice *ret_why);
