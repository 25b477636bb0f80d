/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - a fuzz target without its fuzzer: every file of the folders given, once.
 * Why: inputs that crashed or hung before are replayed by every compiler's build. */
#include "fuzz.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool replay_file(int dir, const char *name)
{
    struct stat info;
    bool ok = false;
    uint8_t *bytes = NULL;
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) || !S_ISREG(info.st_mode)) goto out;
    /* exactly sized, so that a sanitizer sees the first byte read past the end */
    bytes = malloc((size_t)info.st_size + !info.st_size);
    if (!bytes || read(fd, bytes, (size_t)info.st_size) != (ssize_t)info.st_size) goto out;
    LLVMFuzzerTestOneInput(bytes, (size_t)info.st_size);
    ok = true;
out:
    free(bytes);
    if (fd >= 0) close(fd);
    return ok;
}

/* A folder that is not there has no regressions. */
static unsigned replay_folder(const char *path, unsigned *ret_failed)
{
    unsigned done = 0;
    DIR *d = opendir(path);
    for (const struct dirent *e; d && (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        if (replay_file(dirfd(d), e->d_name))
            done++;
        else
            (*ret_failed)++;
    }
    if (d) closedir(d);
    return done;
}

int main(int argc, char **argv)
{
    unsigned passed = 0, failed = 0;
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) passed += replay_folder(argv[i], &failed);
    printf("%u passed, %u failed\n", passed + 1, failed);
    return failed != 0;
}
