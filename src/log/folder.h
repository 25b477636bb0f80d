/* SPDX-License-Identifier: Apache-2.0 */
/* folder.h - what lies in a log's folder.
 *
 *     lock              held by the one writer; holds its process number
 *     key, key.pub      the key that signs checkpoints; its public half, for others
 *     00000001.log      records of segment 1, a line each (log/line.h)
 *     00000001.sig      its checkpoints (log/head.h), the last one sealed
 *     00000002.log ...
 * Of segments that retention took away only the .sig is left, with its sealed checkpoint alone.
 * Owns: a descriptor and a list, until folder_done().   Threads: one owner.   Fails: false, errno.
 */
#pragma once
#include "base/buf.h"
#include "log/io.h"

#define SEGMENT_NAME 24 /* bytes for folder_name() */
#define SEGMENTS_MAX (1u << 20)

struct segment {
    uint64_t number; /* from 1 */
    bool log, sig;   /* which of its files are there */
};

struct folder {
    const struct log_io *io;
    int fd;
    struct segment *segments; /* by number */
    size_t count, room;
};

/* Opens and lists. EINVAL: more segments than anybody has. */
bool folder_open(struct folder *f, const char *path, const struct log_io *io);
bool folder_list(struct folder *f); /* again */
void folder_done(struct folder *f);
const struct segment *folder_find(const struct folder *f, uint64_t number);
/* "00000031.log" */
void folder_name(uint64_t number, const char *suffix, char ret[SEGMENT_NAME]);
