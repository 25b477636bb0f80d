/* SPDX-License-Identifier: Apache-2.0 */
/* io.h - what the log asks of the disk, as a table of functions.
 * Why: tests let any call fail, fall short or find the disk full.
 * Owns: nothing.   Threads: pure; the table's own calls are the system's.
 * Fails: as the system calls do, errno says why. */
#pragma once
#include "base/buf.h"
#include <sys/types.h>

struct log_io {
    void *ctx;
    int (*open)(void *ctx, int folder, const char *name, int flags, unsigned mode);
    ssize_t (*read)(void *ctx, int fd, void *to, size_t n, uint64_t at);
    ssize_t (*write)(void *ctx, int fd, const void *from, size_t n, uint64_t at);
    int (*sync)(void *ctx, int fd); /* of a file or a folder */
    int (*cut)(void *ctx, int fd, uint64_t size);
    int (*rename)(void *ctx, int folder, const char *from, const char *to);
    int (*remove)(void *ctx, int folder, const char *name);
};

extern const struct log_io log_io_system;

/* The folder itself; links at its end are not followed. */
int log_folder_open(const char *path);
/* -1: no such file. No link is followed, and nothing but plain files is opened. */
int log_file_open(const struct log_io *io, int folder, const char *name, int flags);
bool log_write_all(const struct log_io *io, int fd, struct slice bytes, uint64_t at);
/* From `at` on; EFBIG when there is more than `most`. */
bool log_read_all(const struct log_io *io, int fd, uint64_t at, size_t most, struct buf *out);
bool log_size(int fd, uint64_t *ret);
/* A small file as a whole, or ENOENT. */
bool log_load(const struct log_io *io, int folder, const char *name, size_t most, struct buf *out);
/* Whole or not at all, also when the machine dies meanwhile. */
bool log_store(const struct log_io *io, int folder, const char *name, struct slice bytes,
               unsigned mode);
