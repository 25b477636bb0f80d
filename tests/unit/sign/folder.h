/* SPDX-License-Identifier: Apache-2.0 */
/* folder.h - a folder for one test, and what it must leave behind: no descriptor. */
#pragma once
#include "../test.h"
#include "base/fd.h"
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static inline const char *folder_path(const char *name)
{
    static char path[4][512];
    static unsigned turn;
    char *p = path[turn++ % 4];
    (void)snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

static inline void folder_put(const char *name, struct slice bytes)
{
    int fd = open(folder_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && fd_write(fd, bytes));
    close(fd);
}

static inline int folder_start(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/merlon-sign-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static inline int folder_remove_one(const char *path, const struct stat *sb, int kind,
                                    struct FTW *at)
{
    (void)sb, (void)kind, (void)at;
    return remove(path);
}

static inline int folder_finish(void **state)
{
    (void)state;
    return nftw(folder, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline unsigned open_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    unsigned n = 0;
    assert_non_null(dir);
    while (readdir(dir)) n++;
    closedir(dir);
    return n;
}
