/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_cache.c - a cache file that somebody else wrote: nothing in it may ever be a hit, because
 * nobody else knows the key. */
#include "fuzz.h"
#include "scan/cache.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/merlon-fuzz-cache-XXXXXX";

static void clean_up(void)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)unlinkat(fd, "scan.cache", 0);
    (void)unlinkat(fd, "key", 0);
    close(fd);
    (void)rmdir(dir);
}

static bool plant(struct slice bytes)
{
    static const char magic[] = "merlon-cache-2\n";
    int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0) return false;
    int fd = openat(at, "scan.cache", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, magic, sizeof magic - 1) == (ssize_t)(sizeof magic - 1) &&
              write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n;
    if (fd >= 0) close(fd);
    close(at);
    return ok;
}

/* Every 32 bytes of the file as a key: whatever the index has taken up is asked for. */
static void ask(struct cache *c, struct slice bytes)
{
    struct slice payload;
    for (size_t at = 0; at + 32 <= bytes.n && at < 2048; at++)
        if (cache_get(c, slice_sub(bytes, at, 32).p, &payload) == CACHE_HIT) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool made;
    if (!made) {
        made = mkdtemp(dir) != NULL;
        if (!made || atexit(clean_up)) abort();
    }
    if (!plant(slice_of(data, size))) abort();
    struct cache *c = cache_open(dir, "scan.cache");
    if (!c) abort();
    ask(c, slice_of(data, size));
    cache_close(c);
    return 0;
}
