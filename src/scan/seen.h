/* SPDX-License-Identifier: Apache-2.0 */
/* seen.h - digests that this very run has made, for whoever needs them next.
 * Why: `scan --verify` and `scan --sign` read each byte from the disk once; the manifest is made of
 * the digests that the scan made anyway. A file that changed since, or that changed so shortly
 * before that its times could not tell, is hashed again.
 * Owns: its table.   Threads: calls are serialised inside.   Fails: quietly; then files are hashed.
 */
#pragma once
#include "sign/hash.h"

struct seen;

struct seen *seen_new(void); /* NULL: memory is out */
void seen_free(struct seen *s);
const struct hash_memory *seen_memory(const struct seen *s); /* NULL for NULL */
