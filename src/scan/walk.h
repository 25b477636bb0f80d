/* SPDX-License-Identifier: Apache-2.0 */
/* walk.h - every regular file below a path, without ever leaving it.
 * Why: names below a target are hostile: links, devices, fifos, endless depth. Every step is
 * openat() from the folder's own descriptor with O_NOFOLLOW, so nothing can be swapped under our
 * feet. Owns: the descriptors of open folders; a visited file's descriptor passes to the visitor.
 * Threads: one.   Fails: ST_IO when the starting path itself cannot be opened. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include <sys/stat.h>

enum walk_oddity {
    WALK_LINK_ESCAPES, /* a symbolic link out of the target, or to nowhere */
    WALK_SPECIAL,      /* device, socket, fifo */
    WALK_UNREADABLE,   /* no permission, I/O error */
    WALK_TOO_DEEP,
};

struct walk_file {
    struct slice path; /* relative to the target; lives until the visitor returns */
    int fd;            /* the visitor closes it */
    struct stat stat;
};

struct walk_visitor {
    void *ctx;
    /* False ends the walk. */
    bool (*file)(void *ctx, const struct walk_file *f);
    void (*oddity)(void *ctx, enum walk_oddity what, struct slice path, struct slice detail);
    /* True: do not look at this relative path. */
    bool (*exclude)(void *ctx, struct slice path, bool is_dir);
    void (*skipped_dir)(void *ctx, struct slice path);
};

/* `target` is a file or a folder; for a file the relative path is its base name. */
MUST_USE enum st walk(const char *target, const struct walk_visitor *v);
