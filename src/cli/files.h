/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - small files of our own: read whole, written whole or not at all.
 * Owns: nothing.   Threads: one owner.   Fails: false, errno says why. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

/* ENOENT and friends in errno; a file of more than `most` bytes is EFBIG. */
bool file_read(const char *path, size_t most, struct buf *out);
/* Through a temporary file beside it and rename(); what is not a regular file (/dev/stdout, a
 * pipe) is written to directly. Keeps the mode of a file that is there. */
bool file_write(const char *path, struct slice bytes);
/* The same without following a link at `path`: the link is replaced. */
bool file_replace(const char *path, struct slice bytes);
/* The same for what can be made anew: after a crash of the machine it may be empty. */
bool file_swap(const char *path, struct slice bytes);
/* Create only: EEXIST when it is there. */
bool file_create(const char *path, struct slice bytes, unsigned mode);
/* mkdir -p, mode 0700. */
bool folder_make(const char *path);
