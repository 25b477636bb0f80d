/* SPDX-License-Identifier: Apache-2.0 */
/* beneath.h - a file below a scanned folder, by a name that somebody else gave.
 * Why: a record may name anything. Links are followed, because stores use them, but only to what
 * lies below the folder: a name is first opened without touching the file (O_PATH), then it is
 * looked up where that really is, and only then the very same file is opened for reading.
 * Owns: a descriptor, a path.   Threads: one owner.   Fails: see enum beneath_end. */
#pragma once
#include "base/slice.h"
#include <sys/stat.h>

struct beneath {
    int folder;
    char *real; /* its path without links */
};

enum beneath_end {
    BENEATH_FILE,
    BENEATH_FOLDER,
    BENEATH_MISSING,
    BENEATH_OUTSIDE, /* it is there, and not below the folder */
    BENEATH_OTHER,   /* a device, or nothing that we may read */
};

bool beneath_open(struct beneath *b, const char *folder);
void beneath_close(struct beneath *b);
/* `path` is relative. *ret_stat is filled for files and folders; *ret_fd, if wanted (not NULL), is
 * a file opened for reading, which the caller closes, else -1. */
enum beneath_end beneath_find(const struct beneath *b, struct slice path, struct stat *ret_stat,
                              int *ret_fd);
/* What an absolute path is called from the folder on; false: it does not lie below it. */
bool beneath_name(const struct beneath *b, struct slice path, struct slice *ret);
