/* SPDX-License-Identifier: Apache-2.0 */
/* fd.h - all bytes of a descriptor, whatever pieces the kernel makes of them.
 * Why: a read or write may do less than was asked for; one place goes on until all is done.
 * Owns: nothing, also not the descriptor.   Threads: one owner each.
 * Fails: false, errno says why. */
#pragma once
#include "base/buf.h"

/* To its end, behind what is in `out` already. EFBIG: more than `most` bytes; ENOMEM: no room. */
bool fd_read(int fd, size_t most, struct buf *out);
bool fd_write(int fd, struct slice bytes);
/* From here to there, to the end of the first. */
bool fd_copy(int from, int to);
/* A file below a folder, read-only and without waiting for pipes. No link on the way is followed,
 * and one at its end only if `link`; then it may lead anywhere. -1: errno says why. */
int fd_open_below(int folder, const char *path, bool link);
