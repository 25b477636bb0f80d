/* SPDX-License-Identifier: Apache-2.0 */
/* layout_hub.c - Hugging Face's cache (huggingface_hub 1.x, file_download.py).
 *
 *    models--ORG--NAME/refs/main            the commit that "main" was
 *    models--ORG--NAME/snapshots/COMMIT/X   a link to ../../blobs/HEX
 *    models--ORG--NAME/blobs/HEX            named by its digest: sign/named.h
 *
 * A loader opens the snapshot. Where links exist, a file among them that is none was not put there
 * by the download tool, unless it is a copy of a blob (a cache copied with its links resolved).
 * Where the file system has no links, the tool moves the blobs themselves into the snapshot: then
 * nothing says what they should be, and they count as not checked. */
#include "scan/layout_part.h"
#include "sign/named.h"

/* The part of a path that holds a repository: "models--ORG--NAME/", with what is before it. Empty:
 * it lies in none. */
static struct slice repository(struct slice path)
{
    static const char *const kinds[] = {"models--", "datasets--", "spaces--"};
    for (size_t at = 0; at < path.n;) {
        struct slice rest = slice_sub(path, at, path.n);
        size_t slash = slice_find_byte(rest, '/');
        if (slash == SIZE_MAX) break;
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if (slice_starts(rest, slice_str(kinds[i]))) return slice_sub(path, 0, at + slash + 1);
        at += slash + 1;
    }
    return slice_sub(path, 0, 0);
}

void layout_hub_commit(struct settling *s, const struct layout_record *r,
                       const struct file_claim *c)
{
    struct slice repo = repository(r->path);
    struct stat sb;
    if (!repo.n || !slice_starts(slice_sub(r->path, repo.n, r->path.n), S("refs/"))) return;
    struct slice path =
        arena_printf(s->l->arena, "%.*ssnapshots/%.*s", SLICE_ARG(repo), SLICE_ARG(c->path));
    if (!path.p) s->l->nomem = true;
    bool there = layout_find(s, path, &sb, NULL) == BENEATH_FOLDER;
    if (!there && !s->whole) return;
    layout_tally(s, c, there ? LAYOUT_HELD : LAYOUT_MISSING, path, S(""));
    if (!there) layout_say(s, SAY_COMMIT_MISSING, r->path, 0, path, c->path);
}

static bool is_blob_there(struct settling *s, struct slice repo, const uint8_t *digest, size_t n)
{
    char hex[65];
    struct stat sb;
    for (size_t i = 0; i < n; i++) (void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    struct slice path = arena_printf(s->l->arena, "%.*sblobs/%s", SLICE_ARG(repo), hex);
    if (!path.p) s->l->nomem = true;
    return layout_find(s, path, &sb, NULL) == BENEATH_FILE;
}

static bool copies_blob(struct settling *s, struct slice repo, const struct layout_file *f)
{
    uint8_t git[CLAIM_DIGEST_MAX] = {0};
    if (is_blob_there(s, repo, f->sha256, sizeof f->sha256)) return true;
    return layout_digest(s, f->path, CLAIM_GIT_BLOB, git) && is_blob_there(s, repo, git, 20);
}

/* With blobs there is something to compare with. */
static bool has_blobs(struct settling *s, struct slice repo)
{
    size_t n;
    struct slice folder = arena_printf(s->l->arena, "%.*sblobs/", SLICE_ARG(repo));
    if (!folder.p) s->l->nomem = true;
    (void)layout_below(s, folder, &n);
    return n > 0;
}

void layout_hub_snapshots(struct settling *s)
{
    for (const struct layout_file *f = s->l->first_file; f; f = f->next) {
        struct slice repo = repository(f->path);
        if (!repo.n || !slice_starts(slice_sub(f->path, repo.n, f->path.n), S("snapshots/")))
            continue;
        struct file_claim c = {.store = CLAIM_HUB};
        bool comparable = f->hashed && has_blobs(s, repo);
        bool copy = comparable && copies_blob(s, repo, f);
        if (!comparable || copy) {
            layout_tally(s, &c, copy ? LAYOUT_HELD : LAYOUT_UNCHECKED, f->path,
                         S("no digest of it is recorded"));
            continue;
        }
        layout_count(s, CLAIM_HUB)->unlisted++;
        layout_say(s, SAY_NO_LINK, f->path, 0, S(""), S(""));
    }
}

/* Each blob was compared with its name while it was hashed. */
void layout_hub_blobs(struct settling *s)
{
    struct named how;
    for (const struct layout_file *f = s->l->first_file; f; f = f->next) {
        if (!f->hashed || !repository(f->path).n || !named_by_digest(f->path, &how)) continue;
        struct file_claim c = {.store = CLAIM_HUB,
                               .kind = how.git_blob ? CLAIM_GIT_BLOB : CLAIM_SHA256};
        layout_tally(s, &c, f->misnamed ? LAYOUT_CHANGED : LAYOUT_HELD, f->path, S(""));
    }
}
