/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_cache.c - cache files that somebody else wrote: nothing in them may ever be a hit, because
 * nobody else knows the key. */
#include "fuzz.h"
#include "base/fd.h"
#include "scan/cache.h"
#include "scan/digests.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/merlon-fuzz-cache-XXXXXX";

static void clean_up(void)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)unlinkat(fd, "scan.cache", 0);
    (void)unlinkat(fd, "digests.cache", 0);
    (void)unlinkat(fd, "key", 0);
    close(fd);
    (void)rmdir(dir);
}

static bool plant(const char *name, const char *magic, struct slice bytes)
{
    int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0) return false;
    int fd = openat(at, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && fd_write(fd, slice_str(magic)) && fd_write(fd, bytes);
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

static void ask_digests(struct slice bytes)
{
    struct digests *d = digests_open(dir);
    const struct hash_memory *m = digests_memory(d);
    struct identity id;
    uint8_t raw[HASH_MAX];
    if (!d || !m->worth(m->ctx, 1, 1u << 30)) abort();
    for (size_t at = 0; at + sizeof id <= bytes.n && at < 2048; at++) {
        memcpy(&id, &bytes.p[at], sizeof id);
        for (enum hash_kind k = 0; k < HASH_KINDS; k++)
            if (m->get(m->ctx, &id, k, raw)) abort();
    }
    digests_done(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool made;
    if (!made) {
        made = mkdtemp(dir) != NULL;
        if (!made || atexit(clean_up)) abort();
    }
    if (!plant("scan.cache", "merlon-cache-2\n", slice_of(data, size)) ||
        !plant("digests.cache", "merlon-digests-2\n", slice_of(data, size)))
        abort();
    struct cache *c = cache_open(dir, "scan.cache");
    if (!c) abort();
    ask(c, slice_of(data, size));
    cache_close(c);
    ask_digests(slice_of(data, size));
    return 0;
}
