/* SPDX-License-Identifier: Apache-2.0 */
/* fix_commit.c - which commit a hub's "main" was, from the caches of its library.
 *
 *    hub/models--ORG--NAME/refs/main         40 hexadecimal digits (huggingface_hub, "Understand
 *                                            caching")
 *
 * Caches of the user count first: what lies in the folder that is scanned was written by others,
 * and is asked only for what these do not know. Nothing is opened but that one file, and no link is
 * followed to it. */
#include "base/ascii.h"
#include "base/fd.h"
#include "base/st.h"
#include "scan/fix_part.h"
#include <fcntl.h>
#include <unistd.h>

#define NAME_MOST 96u /* as the hub allows */

/* "org/name" or "name": nothing that leads elsewhere. */
static bool is_repository(struct slice s)
{
    size_t slashes = 0;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        slashes += c == '/';
        if (!ascii_alnum(c) && c != '-' && c != '_' && c != '.' && c != '/') return false;
    }
    return s.n && s.n <= NAME_MOST && slashes <= 1 && !slice_has(s, S("..")) &&
           !slice_has(s, S("--")) && ascii_alnum(s.p[0]) && ascii_alnum(s.p[s.n - 1]);
}

/* "models--org--name" */
static bool folder_name(const char *kind, struct slice repository, char ret[160])
{
    size_t slash = slice_find_byte(repository, '/');
    bool owned = slash != SIZE_MAX;
    struct slice owner = slice_sub(repository, 0, owned ? slash : 0);
    struct slice name = owned ? slice_sub(repository, slash + 1, repository.n) : repository;
    int n = snprintf(ret, 160, "%s--%.*s%s%.*s", kind, SLICE_ARG(owner), owned ? "--" : "",
                     SLICE_ARG(name));
    return is_repository(repository) && n > 0 && n < 160;
}

/* Takes over `folder`; -1 stays -1. */
static int into(int folder, const char *name, int flags)
{
    if (folder < 0) return -1;
    int fd = openat(folder, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    close(folder);
    return fd;
}

static bool read_commit(int hub, const char *folder, char ret[41])
{
    struct buf b;
    int fd = into(hub, folder, O_PATH | O_DIRECTORY);
    fd = into(into(fd, "refs", O_PATH | O_DIRECTORY), "main", O_RDONLY);
    if (fd < 0) return false;
    buf_init(&b, 64);
    bool ok = fd_read(fd, 64, &b);
    struct slice s = slice_trim(buf_slice(&b));
    ok = ok && s.n == 40;
    for (size_t i = 0; ok && i < s.n; i++)
        ok = ascii_digit(s.p[i]) || (s.p[i] >= 'a' && s.p[i] <= 'f');
    if (ok) memcpy(ret, s.p, 40);
    if (ok) ret[40] = 0;
    buf_done(&b);
    close(fd);
    return ok;
}

struct known {
    bool any, differ;
    char commit[41];
};

static void note(struct known *k, const char commit[41])
{
    if (k->any) k->differ |= strcmp(k->commit, commit) != 0;
    if (!k->any) memcpy(k->commit, commit, 41);
    k->any = true;
}

/* Where projects keep a cache of their own; the last part stands for the cache's folders. */
static void look_in_tree(const struct fix *f, const char *folder, struct known *k)
{
    static const char *const places[] = {"x",
                                         "hub/x",
                                         ".cache/huggingface/hub/x",
                                         "huggingface/hub/x",
                                         ".cache/hub/x",
                                         ".cache/x",
                                         "cache/x",
                                         "models/x",
                                         "hf_cache/x"};
    char commit[41];
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        const char *name;
        int hub = fix_folder(f, slice_str(places[i]), &name);
        if (read_commit(hub, folder, commit)) note(k, commit);
    }
}

bool fix_commit(const struct fix *f, const char *kind, struct slice repository, char ret[41])
{
    struct known k = {.any = false};
    char folder[160], commit[41];
    if (!folder_name(kind, repository, folder)) return false;
    for (size_t i = 0; i < f->cache_count; i++) {
        int hub = open(f->caches[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (read_commit(hub, folder, commit)) note(&k, commit);
    }
    if (!k.any) look_in_tree(f, folder, &k);
    if (k.any && !k.differ) memcpy(ret, k.commit, 41);
    return k.any && !k.differ;
}
