/* SPDX-License-Identifier: Apache-2.0 */
/* layout_check.c - one file: is it what was recorded?
 *
 *    size recorded and another there            changed; nothing needs to be read
 *    SHA-256 recorded and the file was scanned  compared with the digest made then
 *    any other digest                           the file is read for it */
#include "scan/layout_part.h"
#include <stdio.h>
#include "sign/named.h"
#include <unistd.h>

/* ---- where ---- */

static const struct layout_root *root_of(const struct settling *s, struct slice path,
                                         struct slice *ret_rest)
{
    for (size_t i = 0; i < s->root_count; i++) {
        const struct layout_root *root = &s->roots[i];
        if (!slice_starts(path, root->prefix)) continue;
        *ret_rest = slice_sub(path, root->prefix.n, path.n);
        return root;
    }
    return NULL;
}

enum beneath_end layout_find(const struct settling *s, struct slice path, struct stat *ret_stat,
                             int *ret_fd)
{
    struct slice rest;
    const struct layout_root *root = root_of(s, path, &rest);
    if (ret_fd) *ret_fd = -1;
    return root ? beneath_find(&root->folder, rest, ret_stat, ret_fd) : BENEATH_OUTSIDE;
}

struct slice layout_path(struct settling *s, struct slice folder, struct slice name)
{
    struct slice rest, below = name;
    if (slice_starts(name, S("/"))) {
        const struct layout_root *root = root_of(s, folder, &rest);
        if (!root || !beneath_name(&root->folder, name, &below)) return S("");
        folder = root->prefix;
    }
    struct slice path = path_join(s->l->arena, folder, below);
    while (slice_ends(path, S("/"))) path.n--;
    return path;
}

/* ---- digests ---- */

/* As DVC 2 decided about the first 512 bytes (dvc-data, istextfile.py). */
static bool looks_text(struct slice head)
{
    size_t other = 0;
    for (size_t i = 0; i < head.n; i++) {
        uint8_t c = head.p[i];
        if (!c) return false;
        other += !((c >= 32 && c < 127) || c == '\n' || c == '\r' || c == '\t' || c == '\f' ||
                   c == '\b');
    }
    return other * 10 <= head.n * 3;
}

/* CR LF becomes LF within one piece, as DVC 2 did it. */
static struct slice without_cr(uint8_t *p, size_t n)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++)
        if (p[i] != '\r' || i + 1 == n || p[i + 1] != '\n') p[to++] = p[i];
    return slice_of(p, to);
}

static size_t read_piece(int fd, uint8_t *p, uint64_t at)
{
    size_t n = 0;
    while (n < LAYOUT_CHUNK) {
        ssize_t got = pread(fd, p + n, LAYOUT_CHUNK - n, (off_t)(at + n));
        if (got <= 0) break;
        n += (size_t)got;
    }
    return n;
}

static void start(struct digest *d, enum claim_digest kind, uint64_t size)
{
    static const enum digest_kind kinds[CLAIM_DIGESTS] = {
        [CLAIM_MD5] = DIGEST_MD5,       [CLAIM_MD5_LINES] = DIGEST_MD5,
        [CLAIM_GIT_BLOB] = DIGEST_SHA1, [CLAIM_SHA256] = DIGEST_SHA256,
        [CLAIM_SHA512] = DIGEST_SHA512,
    };
    struct named how = {.kind = kinds[kind], .git_blob = kind == CLAIM_GIT_BLOB};
    named_start(&how, size, d);
}

/* False: there were fewer bytes than the size said. */
static bool hash(struct settling *s, int fd, uint64_t size, enum claim_digest kind,
                 uint8_t ret[CLAIM_DIGEST_MAX])
{
    struct digest d;
    bool lines = false;
    uint64_t at = 0;
    start(&d, kind, size);
    for (size_t n; (n = read_piece(fd, s->chunk, at)) > 0; at += n) {
        struct slice piece = slice_of(s->chunk, n);
        if (!at) lines = kind == CLAIM_MD5_LINES && looks_text(slice_sub(piece, 0, 512));
        digest_add(&d, lines ? without_cr(s->chunk, n) : piece);
    }
    digest_finish(&d, ret);
    return at == size;
}

struct made_key {
    uint64_t device, inode, kind;
};

static bool was_made(const struct settling *s, const struct made_key *key,
                     uint8_t ret[CLAIM_DIGEST_MAX])
{
    union map_value v;
    if (!map_get(&s->made, slice_of(key, sizeof *key), &v)) return false;
    memcpy(ret, v.ptr, CLAIM_DIGEST_MAX);
    return true;
}

static void remember(struct settling *s, const struct made_key *key,
                     const uint8_t digest[CLAIM_DIGEST_MAX])
{
    struct slice k = arena_copy(s->l->arena, slice_of(key, sizeof *key));
    struct slice d = arena_copy(s->l->arena, slice_of(digest, CLAIM_DIGEST_MAX));
    if (!k.p || !d.p || !map_put(&s->made, k, (union map_value){.ptr = d.p}, NULL))
        s->l->nomem = true;
}

static bool read_digest(struct settling *s, struct slice path, enum claim_digest kind,
                        uint8_t ret[CLAIM_DIGEST_MAX])
{
    struct stat sb;
    int fd;
    if (!s->options->hash || layout_find(s, path, &sb, &fd) != BENEATH_FILE) return false;
    struct made_key key = {sb.st_dev, sb.st_ino, kind};
    bool known = was_made(s, &key, ret);
    bool read = known || hash(s, fd, (uint64_t)sb.st_size, kind, ret);
    if (read && !known) remember(s, &key, ret);
    close(fd);
    return read;
}

/* Lists of folders ask for the same files over and over, if somebody wants that. */
bool layout_digest(struct settling *s, struct slice path, enum claim_digest kind,
                   uint8_t ret[CLAIM_DIGEST_MAX])
{
    struct layout_file *f = layout_file_at(s->l, path);
    bool small = claim_digest_size(kind) <= sizeof f->last;
    if (f && small && f->made == kind) {
        memcpy(ret, f->last, sizeof f->last);
        return true;
    }
    if (!read_digest(s, path, kind, ret)) return false;
    if (f && small) {
        memcpy(f->last, ret, sizeof f->last);
        f->made = kind;
    }
    return true;
}

/* ---- comparing ---- */

static const char *const kind_names[CLAIM_DIGESTS] = {
    [CLAIM_NO_DIGEST] = "",         [CLAIM_MD5] = "MD5",        [CLAIM_MD5_LINES] = "MD5",
    [CLAIM_GIT_BLOB] = "git SHA-1", [CLAIM_SHA256] = "SHA-256", [CLAIM_SHA512] = "SHA-512",
};

static void hex_of(const uint8_t *raw, size_t n, char *ret)
{
    for (size_t i = 0; i < n; i++) (void)snprintf(ret + 2 * i, 3, "%02x", raw[i]);
}

static enum layout_outcome compare_digest(struct settling *s, const struct file_claim *c,
                                          const uint8_t *found, struct slice *ret_why)
{
    char was[2 * CLAIM_DIGEST_MAX + 1] = "", is[2 * CLAIM_DIGEST_MAX + 1] = "";
    size_t n = claim_digest_size(c->kind);
    if (memcmp(found, c->digest, n) == 0) return LAYOUT_HELD;
    hex_of(c->digest, n, was);
    hex_of(found, n, is);
    *ret_why = layout_text(s, "%s %s, recorded %s", kind_names[c->kind], is, was);
    return LAYOUT_CHANGED;
}

static enum layout_outcome unchecked(const char *why, struct slice *ret_why)
{
    *ret_why = slice_str(why);
    return LAYOUT_UNCHECKED;
}

static enum layout_outcome compare_file(struct settling *s, struct slice path, uint64_t size,
                                        const struct file_claim *c, struct slice *ret_why)
{
    uint8_t found[CLAIM_DIGEST_MAX] = {0};
    const struct layout_file *f = layout_file_at(s->l, path);
    if (c->sized && c->size != size) {
        *ret_why = layout_text(s, "%llu bytes, recorded %llu", (unsigned long long)size,
                               (unsigned long long)c->size);
        return LAYOUT_CHANGED;
    }
    if (!c->kind) return unchecked("it is there, and no digest of it is recorded", ret_why);
    if (f && f->hashed && c->kind == CLAIM_SHA256) return compare_digest(s, c, f->sha256, ret_why);
    if (!s->options->hash) return unchecked("digests are not made (--no-hash)", ret_why);
    if (!layout_digest(s, path, c->kind, found)) return unchecked("it could not be read", ret_why);
    return compare_digest(s, c, found, ret_why);
}

enum layout_outcome layout_compare(struct settling *s, struct slice path,
                                   const struct file_claim *c, struct slice *ret_why)
{
    struct stat sb;
    switch (layout_find(s, path, &sb, NULL)) {
    case BENEATH_MISSING:
        /* of a scan of some files only, others are known to nobody */
        return s->whole ? LAYOUT_MISSING : unchecked("it was not looked for", ret_why);
    case BENEATH_FILE: return compare_file(s, path, (uint64_t)sb.st_size, c, ret_why);
    case BENEATH_FOLDER: return unchecked("it is a folder without a digest", ret_why);
    case BENEATH_OUTSIDE: return unchecked("it lies outside of the folder", ret_why);
    default: return unchecked("it is no plain file, or cannot be read", ret_why);
    }
}

enum layout_outcome layout_check(struct settling *s, struct slice path, const struct file_claim *c,
                                 struct slice *ret_why)
{
    enum layout_outcome outcome = layout_compare(s, path, c, ret_why);
    layout_tally(s, c, outcome, path, *ret_why);
    return outcome;
}
