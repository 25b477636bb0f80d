/* SPDX-License-Identifier: Apache-2.0 */
/* fetch_file.h - where a download lies: NAME.part while it comes, NAME once it is right.
 * Why: names come from strangers, and the folder may hold links; every step is openat() without
 * following any. NAME.part is locked, so that two runs do not write one file; NAME.part.info says
 * from where and of which version the bytes are.
 * Owns: descriptors until fetch_file_close.   Threads: one owner.   Fails: false, errno says why.
 */
#pragma once
#include "base/arena.h"
#include "port/openssl/digest.h"

#define FETCH_VALIDATOR_MAX 256

struct fetch_file {
    int folder, fd;                      /* fd: of the part, read-write; -1 = not open */
    const char *name, *part, *info;      /* in that folder */
    char validator[FETCH_VALIDATOR_MAX]; /* ETag or date of what lies in the part; "" = none */
};

/* Open the folder of `name` below `dir`, making it. */
bool fetch_file_open(struct fetch_file *f, int dir, struct slice name, struct arena *a);
void fetch_file_close(struct fetch_file *f);

enum fetch_there { THERE_NOTHING, THERE_FILE, THERE_OTHER };
/* What lies under the final name? A file is opened for reading. */
enum fetch_there fetch_file_there(const struct fetch_file *f, int *ret_fd);

/* Open and lock the part: EWOULDBLOCK when another run has it. The bytes of an earlier try stay
 * when they came from this URL for this hash; else it is empty. */
bool fetch_part_open(struct fetch_file *f, struct slice url, struct slice hash);
bool fetch_part_note(const struct fetch_file *f, struct slice url, struct slice hash);
bool fetch_part_empty(struct fetch_file *f);
void fetch_part_remove(struct fetch_file *f);
/* The part becomes the file. Without `replace`, EEXIST when one is there. */
bool fetch_part_publish(struct fetch_file *f, bool replace);

/* Feed a whole file to digests; NULL ones are left out. */
bool fetch_hash_fd(int fd, struct digest *a, struct digest *b, uint64_t *ret_bytes);
