/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/secret.h"
#include "base/host.h"
#include "base/slice.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool load(int dir, uint8_t ret[SECRET_BYTES])
{
    struct stat sb;
    int fd = openat(dir, "key", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        fd = openat(dir, "key", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0) return false;
        bool ok = host_random(ret, SECRET_BYTES) && write(fd, ret, SECRET_BYTES) == SECRET_BYTES;
        close(fd);
        return ok;
    }
    bool ok = fstat(fd, &sb) == 0 && sb.st_uid == geteuid() && !(sb.st_mode & 077) &&
              read(fd, ret, SECRET_BYTES) == SECRET_BYTES;
    close(fd);
    return ok;
}

static int open_dir(const char *dir)
{
    char *path = strdup(dir);
    if (!path) return -1;
    for (char *p = path + 1; *p; p++) { /* make the folders on the way */
        if (*p != '/') continue;
        *p = 0;
        (void)mkdir(path, 0700);
        *p = '/';
    }
    (void)mkdir(path, 0700);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(path);
    return fd;
}

int secret_open(const char *dir, uint8_t ret[SECRET_BYTES])
{
    int fd = open_dir(dir);
    if (fd < 0 || load(fd, ret)) return fd;
    close(fd);
    return -1;
}
