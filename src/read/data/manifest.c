/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.c - Croissant (JSON-LD), dataset_infos.json, DVC: does each file have a digest, and
 * where does it come from?
 *
 *    Croissant           distribution: [ { @type: cr:FileObject, contentUrl, sha256 | md5 } ]
 *    dataset_infos.json  download_checksums: { url: { num_bytes, checksum } }
 *    *.dvc, dvc.lock     outs: - path: x, md5: ...   (YAML, read line by line) */
#include "base/ascii.h"
#include "base/st.h"
#include "codec/json.h"
#include "read/config/config_part.h"
#include "read/data/card.h"
#include <stdio.h>

#define SCRATCH_MAX ((size_t)1 << 20)

enum key {
    KEY_OTHER,
    KEY_DISTRIBUTION,
    KEY_CHECKSUMS,
    KEY_LICENCE,
    KEY_TYPE,
    KEY_URL,
    KEY_DIGEST,
    KEY_PART,
    KEY_FORMAT,
    KEY_CHECKSUM,
};

static const struct {
    const char *name;
    enum key key;
} keys[] = {
    {"distribution", KEY_DISTRIBUTION},
    {"download_checksums", KEY_CHECKSUMS},
    {"license", KEY_LICENCE},
    {"sc:license", KEY_LICENCE},
    {"@type", KEY_TYPE},
    {"contentUrl", KEY_URL},
    {"sha256", KEY_DIGEST},
    {"md5", KEY_DIGEST},
    {"sc:sha256", KEY_DIGEST},
    {"containedIn", KEY_PART},
    {"encodingFormat", KEY_FORMAT},
    {"checksum", KEY_CHECKSUM},
    {"sc:contentUrl", KEY_URL},
    {"sc:distribution", KEY_DISTRIBUTION},
};

struct manifest {
    const struct reading *r;
    struct json json;
    struct arena scratch;
    uint8_t open[JSON_DEPTH_MAX + 1];
    bool croissant, licence;
    /* the file in hand */
    bool object, digest, part, repository;
    uint64_t at, line;
    /* counted */
    uint64_t files, bare, bare_at, bare_line, told;
};

static void note_bare(struct manifest *m)
{
    if (!m->bare++) {
        m->bare_at = m->at;
        m->bare_line = m->line;
    }
}

static void url(struct manifest *m, struct slice value)
{
    bool plain = slice_starts(value, S("http://"));
    if (plain && m->told++ < 20)
        card_tell(m->r, ANOMALY_DATA_REMOTE, m->json.start, json_line(&m->json),
                  slice_sub(value, 0, 160));
    if (!slice_has(value, S("://")) && !slice_starts(value, S("data:")))
        (void)config_path(m->r, S("contentUrl"), value, m->json.start);
}

/* A digest is hexadecimal; a note in its place ("see issue 80") is none. */
static bool is_digest(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_hex(s.p[i])) return false;
    return s.n == 32 || s.n == 40 || s.n == 64 || s.n == 128;
}

static void on_text(struct manifest *m, struct slice value)
{
    switch (m->open[m->json.depth]) {
    case KEY_LICENCE:
        if (m->json.depth <= 2 && value.n) {
            m->licence = true;
            tell_licence(m->r, value, m->json.start, json_line(&m->json));
        }
        break;
    case KEY_TYPE: m->object |= slice_ends(value, S("FileObject")); break;
    case KEY_URL: url(m, value); break;
    case KEY_DIGEST: m->digest |= is_digest(value); break;
    case KEY_FORMAT: m->repository |= slice_starts(value, S("git+")); break;
    case KEY_CHECKSUM: m->digest |= is_digest(value); break;
    default: break;
    }
}

/* The key two brackets out: of an object in a list, or of a value in an object. */
static bool in_list(const struct manifest *m, unsigned depth)
{
    return depth >= 2 && m->open[depth - 1] == KEY_DISTRIBUTION;
}

static bool in_checksums(const struct manifest *m, unsigned depth)
{
    return depth >= 2 && m->open[depth - 2] == KEY_CHECKSUMS;
}

static void begin(struct manifest *m)
{
    unsigned d = m->json.depth;
    bool list = m->json.token == JSON_ARRAY;
    m->open[d] = list && d ? m->open[d - 1] : KEY_OTHER;
    if (list || (!in_list(m, d) && !in_checksums(m, d))) return;
    m->object = m->digest = m->part = m->repository = false;
    m->at = m->json.start;
    m->line = json_line(&m->json);
}

static void end(struct manifest *m)
{
    unsigned d = m->json.depth + 1; /* of the object that ended */
    if (m->croissant && in_list(m, d) && m->object) {
        m->files++;
        if (!m->digest && !m->part && !m->repository) note_bare(m);
    }
    if (in_checksums(m, d)) {
        m->files++;
        if (!m->digest) note_bare(m);
    }
}

static enum st on_token(struct manifest *m)
{
    struct slice value;
    switch (m->json.token) {
    case JSON_KEY:
        m->open[m->json.depth] = KEY_OTHER;
        for (size_t i = 0; i < COUNT_OF(keys); i++)
            if (json_is(&m->json, slice_str(keys[i].name)))
                m->open[m->json.depth] = (uint8_t)keys[i].key;
        if (m->open[m->json.depth] == KEY_PART) m->part = true;
        return ST_OK;
    case JSON_STRING:
        arena_reset(&m->scratch);
        value = json_text(&m->json, &m->scratch);
        if (!value.p) return ST_NOMEM;
        on_text(m, value);
        return ST_OK;
    case JSON_ARRAY:
    case JSON_OBJECT:
        if (m->open[m->json.depth ? m->json.depth - 1 : 0] == KEY_LICENCE) m->licence = true;
        begin(m);
        return ST_OK;
    case JSON_OBJECT_END: end(m); return ST_OK;
    default: return ST_OK;
    }
}

static void conclude(struct manifest *m)
{
    char text[80];
    if (m->bare) {
        int n = snprintf(text, sizeof text, "%llu of %llu files have no digest",
                         (unsigned long long)m->bare, (unsigned long long)m->files);
        card_tell(m->r, ANOMALY_DATA_UNHASHED, m->bare_at, m->bare_line,
                  slice_of(text, n > 0 ? (size_t)n : 0));
    }
    if (m->croissant && !m->licence) card_tell(m->r, ANOMALY_CARD_FIELDS, 0, 1, S("no licence"));
}

/* Broken JSON is told by the reader of JSON. */
enum st dataset_manifest(const struct reading *r)
{
    struct slice head = slice_sub(r->layer->bytes, 0, (size_t)64 << 10);
    bool croissant = slice_has(head, S("mlcommons.org/croissant"));
    bool infos = slice_eq(config_base(r->layer->name), S("dataset_infos.json"));
    if (!croissant && !infos) return ST_OK;
    struct manifest m = {.r = r, .croissant = croissant};
    enum st st = ST_OK;
    arena_init(&m.scratch, SCRATCH_MAX, (size_t)16 << 10);
    json_init(&m.json, r->layer->bytes);
    while (st == ST_OK && json_next(&m.json) != JSON_END && m.json.token != JSON_BAD)
        st = budget_work(r->budget, 1 + m.json.raw.n / 64) ? on_token(&m) : ST_LIMIT;
    arena_done(&m.scratch);
    if (st == ST_OK && m.json.token == JSON_END) conclude(&m);
    return st;
}

/* ---- DVC ---- */

struct item {
    bool path, digest, open;
    uint64_t at, line;
};

static void end_item(const struct reading *r, struct item *it)
{
    if (it->open && it->path && !it->digest)
        card_tell(r, ANOMALY_DATA_UNHASHED, it->at, it->line, S("an output without md5"));
    *it = (struct item){0};
}

static bool digest_line(struct slice text)
{
    static const char *const names[] = {
        "md5:", "etag:", "checksum:", "sha256:", "rev_lock:", "files:", "version_id:"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_starts(text, slice_str(names[i])))
            return slice_trim(slice_sub(text, strlen(names[i]), SIZE_MAX)).n > 0 ||
                   names[i][0] == 'f';
    return false;
}

static enum st dvc_items(const struct reading *r)
{
    struct slice rest = r->layer->bytes, line;
    struct item it = {0};
    uint64_t number = 0, at = 0;
    bool outs = false;
    for (; slice_split(&rest, '\n', &line); at += line.n + 1) {
        struct slice text = slice_trim(line);
        number++;
        if (!budget_work(r->budget, 1 + line.n / 32)) return ST_LIMIT;
        if (slice_eq(text, S("outs:")) || slice_ends(text, S(":"))) {
            if (!slice_eq(text, S("files:"))) end_item(r, &it);
            outs = slice_eq(text, S("outs:")) || (outs && slice_eq(text, S("files:")));
        }
        if (slice_starts(text, S("- "))) {
            end_item(r, &it);
            it = (struct item){.open = outs, .at = at, .line = number};
            text = slice_trim(slice_sub(text, 2, SIZE_MAX));
        }
        it.path |= slice_starts(text, S("path:"));
        it.digest |= digest_line(text);
        if (slice_has(text, S("path: http://")) || slice_has(text, S("url: http://")))
            card_tell(r, ANOMALY_DATA_REMOTE, at, number, slice_sub(text, 0, 160));
    }
    end_item(r, &it);
    return ST_OK;
}

static enum st dvc_config(const struct reading *r)
{
    struct slice rest = r->layer->bytes, line;
    uint64_t number = 0, at = 0;
    if (!slice_has(slice_sub(rest, 0, 65536), S("['remote \""))) return ST_OK;
    for (; slice_split(&rest, '\n', &line); at += line.n + 1) {
        struct slice text = slice_trim(line);
        number++;
        if (!budget_work(r->budget, 1 + line.n / 32)) return ST_LIMIT;
        if (slice_starts(text, S("url")) && slice_has(text, S("http://")))
            card_tell(r, ANOMALY_DATA_REMOTE, at, number, slice_sub(text, 0, 160));
    }
    return ST_OK;
}

enum st dvc_file(const struct reading *r)
{
    struct slice base = config_base(r->layer->name);
    if (slice_ends(base, S(".dvc")) || slice_eq(base, S("dvc.lock"))) return dvc_items(r);
    return slice_eq(base, S("config")) ? dvc_config(r) : ST_OK;
}
