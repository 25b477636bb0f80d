/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/named.h"
#include "base/num.h"
#include <stdio.h>

#define PARTS 5u /* the last folders and the name: what a pattern can ask for */

/* A part of a pattern: "*" is any name, "models--*" one that begins so, "#N" N hexadecimal digits
 * of the digest. */
static const struct store {
    const char *name;
    const char *parts[PARTS]; /* from the outside in, the file's name last; NULL: no more */
    enum digest_kind kind;
    bool git_blob;
} stores[] = {
    {"the Hugging Face cache", {"models--*", "blobs", "#64"}, DIGEST_SHA256, false},
    {"the Hugging Face cache", {"models--*", "blobs", "#40"}, DIGEST_SHA1, true},
    {"the Hugging Face cache", {"datasets--*", "blobs", "#64"}, DIGEST_SHA256, false},
    {"the Hugging Face cache", {"datasets--*", "blobs", "#40"}, DIGEST_SHA1, true},
    {"the Hugging Face cache", {"spaces--*", "blobs", "#64"}, DIGEST_SHA256, false},
    {"the Hugging Face cache", {"spaces--*", "blobs", "#40"}, DIGEST_SHA1, true},
    {"the OCI layout", {"blobs", "sha256", "#64"}, DIGEST_SHA256, false},
    {"the OCI layout", {"blobs", "sha512", "#128"}, DIGEST_SHA512, false},
    {"Ollama's store", {"blobs", "sha256-#64"}, DIGEST_SHA256, false},
    {"git-lfs", {"lfs", "objects", "*", "*", "#64"}, DIGEST_SHA256, false},
    {"DVC's cache", {"files", "md5", "#2", "#30"}, DIGEST_MD5, false},
    {"DVC's cache", {".dvc", "cache", "#2", "#30"}, DIGEST_MD5, false},
};

/* The last parts of a path, the name first. */
static size_t split(struct slice path, struct slice parts[PARTS])
{
    size_t n = 0;
    while (n < PARTS && path.n) {
        size_t slash = slice_rfind_byte(path, '/');
        parts[n++] = slash == SIZE_MAX ? path : slice_sub(path, slash + 1, SIZE_MAX);
        path = slice_sub(path, 0, slash == SIZE_MAX ? 0 : slash);
    }
    return n;
}

static bool is_hex(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) return false;
    }
    return true;
}

static bool fits(const char *pattern, struct slice part, struct slice *ret_hex)
{
    struct slice p = slice_str(pattern);
    size_t mark = slice_find_byte(p, '#');
    *ret_hex = S("");
    if (slice_ends(p, S("*"))) return slice_starts(part, slice_sub(p, 0, p.n - 1));
    if (mark == SIZE_MAX) return slice_eq(p, part);
    uint64_t digits = 0;
    for (size_t i = mark + 1; i < p.n; i++) digits = digits * 10 + (uint64_t)(p.p[i] - '0');
    if (!slice_starts(part, slice_sub(p, 0, mark))) return false;
    *ret_hex = slice_sub(part, mark, SIZE_MAX);
    return ret_hex->n == digits && is_hex(*ret_hex);
}

static bool lies_in(const struct store *s, const struct slice *parts, size_t n,
                    struct slice ret_hex[2])
{
    size_t wanted = 0, found = 0;
    struct slice hex;
    while (wanted < PARTS && s->parts[wanted]) wanted++;
    if (n < wanted) return false;
    ret_hex[0] = ret_hex[1] = S("");
    for (size_t i = 0; i < wanted; i++) {
        if (!fits(s->parts[i], parts[wanted - 1 - i], &hex)) return false;
        if (hex.n) ret_hex[found++] = hex;
    }
    return true;
}

bool named_may_be(struct slice path)
{
    if (slice_ends(path, S(".dir"))) path.n -= 4;
    return path.n >= 30 && is_hex(slice_sub(path, path.n - 30, 30));
}

bool named_by_digest(struct slice path, struct named *ret)
{
    struct slice parts[PARTS];
    size_t n = split(path, parts);
    if (n && slice_ends(parts[0], S(".dir"))) parts[0] = slice_sub(parts[0], 0, parts[0].n - 4);
    for (size_t i = 0; n && i < sizeof stores / sizeof *stores; i++) {
        const struct store *s = &stores[i];
        if (!lies_in(s, parts, n, ret->hex)) continue;
        ret->store = s->name;
        ret->kind = s->kind;
        ret->git_blob = s->git_blob;
        return true;
    }
    return false;
}

void named_start(const struct named *n, uint64_t size, struct digest *d)
{
    char head[32];
    digest_start_as(d, n->kind);
    if (!n->git_blob) return;
    int len = snprintf(head, sizeof head, "blob %llu", (unsigned long long)size);
    digest_add(d, slice_of((const uint8_t *)head, (size_t)len + 1)); /* with the NUL */
}

bool named_holds(const struct named *n, const uint8_t *digest)
{
    uint8_t named[DIGEST_MAX];
    size_t first = n->hex[0].n / 2, size = first + n->hex[1].n / 2;
    return size == digest_size(n->kind) && num_bytes(n->hex[0], named) &&
           num_bytes(n->hex[1], &named[first]) && memcmp(named, digest, size) == 0;
}
