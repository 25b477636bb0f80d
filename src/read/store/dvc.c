/* SPDX-License-Identifier: Apache-2.0 */
/* dvc.c - what DVC tracks.   Sources: dvc.org, "Project structure" (DVC 3.x) and dvc-data's
 * tree.py.
 *
 *    X.dvc      outs: [{path, md5, size, hash: md5, nfiles, files: [...]}], wdir: ..
 *    dvc.lock   stages: {NAME: {outs: [{path, md5, size}]}}      schema 1.0 has NAME at the top
 *    REST.dir   [{"md5": HEX, "relpath": P}, ...]: the files of a folder, whose own MD5 is the one
 *               of this list, with ".dir" behind it
 *
 * Without "hash: md5" the digest is DVC 2's: of text with its CR LF turned into LF. Outputs that
 * lie in the cloud are told without a digest of ours. deps are not told: they are what a stage
 * read, and code that was edited since is no fault. */
#include "base/num.h"
#include "codec/json.h"
#include "read/store/store.h"
#include "read/code/yaml.h"
#include "read/config/config_part.h"

bool dvc_fits(const struct reading *r)
{
    struct slice base = config_base(r->layer->name);
    return r->layer->bytes.n <= SETTING_TEXT &&
           (slice_eq(base, S("dvc.lock")) || (base.n > 4 && slice_ends(base, S(".dvc"))));
}

struct lists { /* of settings */
    struct store_record *c;
    const struct code_setting *all;
    struct slice wdir;
    enum st st;
};

static struct slice text_of(const struct lists *l, uint32_t map, const char *key)
{
    uint32_t i = settings_child(l->all, map, slice_str(key));
    return i == SETTING_NONE ? S("") : l->all[i].value;
}

/* "wdir/path" in the arena. */
static struct slice below(struct lists *l, struct slice folder, struct slice path)
{
    bool plain = !folder.n || slice_eq(folder, S(".")) || slice_starts(path, S("/")) ||
                 slice_has(path, S("://"));
    if (plain) return path;
    struct slice joined =
        arena_printf(l->c->r->arena, "%.*s/%.*s", SLICE_ARG(folder), SLICE_ARG(path));
    if (!joined.p) l->st = ST_NOMEM;
    return joined;
}

static void out_digest(const struct lists *l, uint32_t map, struct file_claim *claim)
{
    struct slice md5 = text_of(l, map, "md5");
    bool dir = slice_ends(md5, S(".dir")), now = slice_eq(text_of(l, map, "hash"), S("md5"));
    if (dir) md5.n -= 4;
    claim->sized = num_u64(text_of(l, map, "size"), &claim->size);
    (void)num_u64(text_of(l, map, "nfiles"), &claim->count);
    if (!store_digest(claim, now ? CLAIM_MD5 : CLAIM_MD5_LINES, md5)) claim->sized = false;
    if (dir && claim->kind) claim->about = CLAIM_FOLDER;
}

/* files: of a folder that a cloud keeps the versions of. */
static void out_files(struct lists *l, uint32_t list, struct slice folder)
{
    for (uint32_t i = list + 1; i < l->all[list].end && l->st == ST_OK; i = l->all[i].end) {
        struct file_claim claim = {.store = CLAIM_DVC, .about = CLAIM_FILE, .line = l->all[i].line};
        struct slice path = text_of(l, i, "relpath");
        if (!path.n) continue;
        out_digest(l, i, &claim);
        claim.path = below(l, folder, path);
        if (l->st == ST_OK) store_tell(l->c, &claim);
    }
}

static void out(struct lists *l, uint32_t map)
{
    struct file_claim claim = {.store = CLAIM_DVC, .about = CLAIM_FILE, .line = l->all[map].line};
    struct slice path = text_of(l, map, "path");
    uint32_t files = settings_child(l->all, map, S("files"));
    if (!path.n || slice_has(path, S("://"))) return;
    claim.path = below(l, l->wdir, path);
    if (l->st != ST_OK) return;
    if (files != SETTING_NONE && l->all[files].kind == SET_LIST) {
        out_files(l, files, claim.path);
        return;
    }
    out_digest(l, map, &claim);
    store_tell(l->c, &claim);
}

/* Every list named outs, wherever it stands: both schemas of dvc.lock, and *.dvc. */
static enum st each_outs(struct lists *l, size_t count)
{
    for (uint32_t i = 0; i < count && l->st == ST_OK; i++) {
        const struct code_setting *s = &l->all[i];
        if (!budget_work(l->c->r->budget, 1)) return ST_LIMIT;
        if (s->kind != SET_LIST || !slice_eq(s->key, S("outs"))) continue;
        for (uint32_t k = i + 1; k < s->end && l->st == ST_OK; k = l->all[k].end)
            if (l->all[k].kind == SET_MAP) out(l, k);
        i = s->end - 1;
    }
    return l->st;
}

enum st dvc_claims(struct store_record *c)
{
    struct settings_maker m;
    enum st st = yaml_settings(c->r, c->r->layer->bytes, &m);
    struct lists l = {.c = c, .all = m.list, .wdir = S("")};
    if (m.st == ST_LIMIT)
        tell_unread(c->r, UNREAD_LIMIT, 0, m.text.n, "more than %u settings", SETTING_MAX);
    if (st != ST_OK || !m.count) return st;
    if (m.list[0].kind == SET_MAP) l.wdir = text_of(&l, 0, "wdir");
    return each_outs(&l, m.count);
}

/* ---- the list of a folder's files ---- */

bool dvc_list_fits(const struct reading *r)
{
    struct slice base = config_base(r->layer->name);
    return base.n >= 34 && slice_ends(base, S(".dir")) &&
           slice_starts(slice_trim(slice_sub(r->layer->bytes, 0, 64)), S("["));
}

/* One object of the list, from behind its bracket to its end. */
static enum st list_entry(struct store_record *c, struct json *j, struct file_claim *claim)
{
    struct slice md5 = S("");
    enum { KEY_NONE, KEY_MD5, KEY_PATH } key = KEY_NONE;
    while (json_next(j) != JSON_BAD && !(j->token == JSON_OBJECT_END && j->depth == 1)) {
        if (!budget_work(c->r->budget, 1)) return ST_LIMIT;
        if (j->depth != 2) continue;
        if (j->token == JSON_KEY)
            key = json_is(j, S("md5")) ? KEY_MD5 : json_is(j, S("relpath")) ? KEY_PATH : KEY_NONE;
        if (j->token != JSON_STRING || !key) continue;
        struct slice text = json_text(j, c->r->arena);
        if (!text.p) return ST_NOMEM;
        *(key == KEY_MD5 ? &md5 : &claim->path) = text;
    }
    (void)store_digest(claim, CLAIM_MD5, md5);
    return ST_OK;
}

enum st dvc_list_claims(struct store_record *c)
{
    struct json j;
    json_init(&j, c->r->layer->bytes);
    while (json_next(&j) != JSON_END && j.token != JSON_BAD) {
        struct file_claim claim = {.store = CLAIM_DVC, .about = CLAIM_ENTRY};
        if (j.token != JSON_OBJECT || j.depth != 2) continue;
        enum st st = list_entry(c, &j, &claim);
        if (st != ST_OK) return st;
        if (j.token != JSON_BAD && claim.path.n) store_tell(c, &claim);
    }
    return ST_OK;
}
