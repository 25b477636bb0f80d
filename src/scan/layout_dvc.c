/* SPDX-License-Identifier: Apache-2.0 */
/* layout_dvc.c - folders that DVC tracks.
 *
 * The record has one MD5 for the folder: that of a list [{"md5": HEX, "relpath": P}, ...], sorted
 * by path, in the spelling of Python's json.dumps. The list itself lies in DVC's cache
 * (files/md5/ab/REST.dir), which need not be here:
 *
 *    with the list     each file is compared, and what is missing or unlisted is named
 *    without           the list is made anew from the files that are there, and its MD5 compared */
#include "base/buf.h"
#include "base/utf8.h"
#include "port/openssl/digest.h"
#include "scan/layout_part.h"

#define TOO_MUCH "records claim more than is compared in one run"

struct folder {
    struct settling *s;
    const struct layout_record *record;
    const struct file_claim *claim;
    struct slice path; /* with a slash at its end */
};

/* ---- with the list ---- */

/* The record that lists the folder's files: in a cache below the target, under the name that its
 * MD5 is, and with the content that has it. */
static const struct layout_record *list_of(const struct folder *f)
{
    char hex[33];
    union map_value v;
    for (size_t i = 0; i < 16; i++) (void)snprintf(hex + 2 * i, 3, "%02x", f->claim->digest[i]);
    return map_get(&f->s->lists, slice_str(hex), &v) ? v.ptr : NULL;
}

/* May one more entry of a folder be compared? One of a list is looked up, which costs more. */
static bool spend(struct settling *s, uint64_t cost)
{
    bool enough = s->entries >= cost;
    s->entries = enough ? s->entries - cost : 0;
    return enough;
}

static void check_entry(const struct folder *f, const struct file_claim *entry, struct map *listed)
{
    struct settling *s = f->s;
    struct slice path = layout_path(s, f->path, entry->path), evidence = S("");
    struct file_claim c = *entry;
    if (c.kind && f->claim->kind == CLAIM_MD5_LINES) c.kind = CLAIM_MD5_LINES;
    if (!path.n || !slice_starts(path, f->path)) {
        layout_tally(s, &c, LAYOUT_UNCHECKED, entry->path, S("it lies outside of the folder"));
        return;
    }
    if (!map_put(listed, path, (union map_value){.num = 1}, NULL)) s->l->nomem = true;
    enum layout_outcome outcome = layout_check(s, path, &c, &evidence);
    if (outcome == LAYOUT_CHANGED)
        layout_say(s, SAY_CHANGED, path, 0, S(""),
                   layout_text(s, "%.*s in the list of %.*s", SLICE_ARG(evidence),
                               SLICE_ARG(f->record->path)));
    if (outcome == LAYOUT_MISSING)
        layout_say(s, SAY_MISSING, f->record->path, f->claim->line, path, path);
}

static void check_unlisted(const struct folder *f, const struct map *listed)
{
    union map_value unused;
    struct settling *s = f->s;
    size_t n;
    struct layout_file *const *files = layout_below(s, f->path, &n);
    for (size_t i = 0; i < n; i++) {
        if (map_get(listed, files[i]->path, &unused)) continue;
        layout_count(s, CLAIM_DVC)->unlisted++;
        layout_say(s, s->dvcignore ? SAY_UNLISTED_MAYBE : SAY_UNLISTED, files[i]->path, 0, S(""),
                   layout_text(s, "the folder is recorded in %.*s", SLICE_ARG(f->record->path)));
    }
}

/* Was the folder seen with this digest (or, without one, with a list at all)? From now on it was.
 */
static bool was_done(const struct folder *f, struct slice digest)
{
    bool existed = false;
    struct arena *a = f->s->l->arena;
    struct slice key = arena_printf(a, "%.*s/%s", SLICE_ARG(f->path), digest.n ? "" : "listed");
    uint8_t *raw = ARENA_ROOM(a, uint8_t, key.n + digest.n);
    if (!key.p || !raw) {
        f->s->l->nomem = true;
        return true;
    }
    memcpy(raw, key.p, key.n);
    if (digest.n) memcpy(&raw[key.n], digest.p, digest.n);
    if (!map_put(&f->s->folders, slice_of(raw, key.n + digest.n), (union map_value){.num = 1},
                 &existed))
        f->s->l->nomem = true;
    return existed;
}

static void with_list(const struct folder *f, const struct layout_record *list)
{
    struct map listed;
    map_init(&listed, f->s->l->arena, 0);
    const struct layout_claim *c = list->claims;
    for (; c && spend(f->s, 4); c = c->next)
        if (c->claim.about == CLAIM_ENTRY) check_entry(f, &c->claim, &listed);
    if (c) layout_tally(f->s, f->claim, LAYOUT_UNCHECKED, f->path, S(TOO_MUCH));
    /* what one list does not have is told once, however many lists claim to be the folder's */
    if (f->s->whole && !c && !was_done(f, S(""))) check_unlisted(f, &listed);
}

/* ---- without ---- */

/* As json.dumps spells text: ASCII only, other characters as \uXXXX, bytes that are no UTF-8 as
 * halves of surrogate pairs. */
static void python_string(struct buf *out, struct slice s)
{
    static const char plain[] = "\"\\\n\r\t\f\b", letters[] = "\"\\nrtfb";
    for (size_t at = 0; at < s.n;) {
        uint32_t code;
        size_t n = utf8_next(s, at, &code);
        if (!n) code = 0xdc00u + s.p[at];
        const char *known = code && code < 128 ? strchr(plain, (int)code) : NULL;
        at += n ? n : 1;
        if (known)
            buf_printf(out, "\\%c", letters[known - plain]);
        else if (code >= 32 && code < 127)
            buf_byte(out, (uint8_t)code);
        else if (code < 0x10000)
            buf_printf(out, "\\u%04x", code);
        else
            buf_printf(out, "\\u%04x\\u%04x", 0xd7c0u + (code >> 10), 0xdc00u + (code & 0x3ff));
    }
}

static bool add_item(const struct folder *f, const struct layout_file *file, struct buf *out)
{
    uint8_t md5[CLAIM_DIGEST_MAX] = {0};
    if (!layout_digest(f->s, file->path, f->claim->kind, md5)) return false;
    buf_str(out, out->n > 1 ? ", {\"md5\": \"" : "{\"md5\": \"");
    buf_hex(out, slice_of(md5, 16));
    buf_str(out, "\", \"relpath\": \"");
    python_string(out, slice_sub(file->path, f->path.n, SIZE_MAX));
    buf_str(out, "\"}");
    return true;
}

static bool make_list(const struct folder *f, struct buf *out)
{
    size_t n;
    struct layout_file *const *files = layout_below(f->s, f->path, &n);
    buf_byte(out, '[');
    for (size_t i = 0; i < n; i++)
        if (!spend(f->s, 1) || !add_item(f, files[i], out)) return false;
    buf_byte(out, ']');
    return buf_ok(out);
}

static enum layout_outcome compare_list(const struct folder *f, struct slice list)
{
    struct digest d;
    uint8_t md5[DIGEST_MAX];
    digest_start_as(&d, DIGEST_MD5);
    digest_add(&d, list);
    digest_finish(&d, md5);
    return memcmp(md5, f->claim->digest, 16) == 0 ? LAYOUT_HELD : LAYOUT_CHANGED;
}

static void without_list(const struct folder *f, size_t n)
{
    struct settling *s = f->s;
    struct buf list;
    buf_init(&list, 256u << 20);
    enum layout_outcome outcome = LAYOUT_UNCHECKED;
    if (make_list(f, &list)) outcome = compare_list(f, buf_slice(&list));
    /* what was left out of the scan is missing in the list, too */
    if (outcome == LAYOUT_CHANGED && s->options->exclude_count) outcome = LAYOUT_UNCHECKED;
    layout_tally(s, f->claim, outcome, f->path,
                 s->entries ? S("not all of its files could be read") : S(TOO_MUCH));
    if (outcome == LAYOUT_HELD) { /* each file of it was */
        layout_count(s, CLAIM_DVC)->recorded += n - 1;
        layout_count(s, CLAIM_DVC)->held += n - 1;
    }
    if (outcome == LAYOUT_CHANGED)
        layout_say(s, SAY_FOLDER_CHANGED, f->record->path, f->claim->line, f->path,
                   layout_text(s, "%zu files are there, %llu recorded", n,
                               (unsigned long long)f->claim->count));
    buf_done(&list);
}

void layout_dvc_folder(struct settling *s, const struct layout_record *r,
                       const struct file_claim *c)
{
    struct stat sb;
    struct slice path = layout_path(s, path_folder(r->path), c->path);
    struct folder f = {.s = s, .record = r, .claim = c};
    enum beneath_end end = path.n ? layout_find(s, path, &sb, NULL) : BENEATH_OUTSIDE;
    if (end != BENEATH_FOLDER) {
        bool gone = end == BENEATH_MISSING && s->whole;
        enum layout_outcome o = gone ? LAYOUT_MISSING : LAYOUT_UNCHECKED;
        layout_tally(s, c, o, path, S("it is no folder here"));
        if (o == LAYOUT_MISSING) layout_say(s, SAY_MISSING, r->path, c->line, path, c->path);
        return;
    }
    f.path = arena_printf(s->l->arena, "%.*s/", SLICE_ARG(path));
    if (!f.path.p) s->l->nomem = true;
    if (was_done(&f, slice_of(c->digest, 16))) return; /* two records may track one folder */
    const struct layout_record *list = list_of(&f);
    size_t there = 0;
    (void)layout_below(s, f.path, &there);
    if (list)
        with_list(&f, list);
    else if (s->whole && there) /* links into a cache elsewhere are not files */
        without_list(&f, there);
    else
        layout_tally(s, c, LAYOUT_UNCHECKED, path, S("its files and their list are not here"));
}
