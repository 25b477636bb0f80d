/* SPDX-License-Identifier: Apache-2.0 */
/* torch_zip.c - the ZIP forms. Every pickle that a loader may take is run, duplicates included;
 * then the storages that it asked for are held against the members beside it. */
#include "read/model/torch.h"
#include "read/model/torch_part.h"

#define CODE_MAX ((uint64_t)16 << 20)

struct archive {
    struct reading *r;
    struct zip_index *index;
    bool big; /* byteorder says so */
};

/* The name below the archive's own folder. */
static struct slice base_of(struct slice name)
{
    size_t slash = slice_rfind_byte(name, '/');
    return slash == SIZE_MAX ? name : slice_sub(name, slash + 1, name.n);
}

static struct slice folder_of(struct slice name)
{
    return slice_sub(name, 0, name.n - base_of(name).n);
}

/* Pickles whose persistent ids the loaders of this layout understand. */
static bool is_main(const struct archive *a, struct slice name)
{
    static const char *const mains[] = {"data.pkl", "constants.pkl", "bytecode.pkl",
                                        "attributes.pkl", "mobile_debug_handles.pkl"};
    struct slice base = base_of(name);
    if (a->r->format == FMT_TORCH_PACKAGE) return slice_ends(base, S(".pkl"));
    if (a->r->format == FMT_TORCH_ZIP) return slice_eq(base, S("data.pkl"));
    for (size_t i = 0; i < COUNT_OF(mains); i++)
        if (slice_eq(base, slice_str(mains[i]))) return true;
    return false;
}

/* The first entry of folder + middle + key + end that is left. */
static struct zip_entry *storage_entry(const struct archive *a, struct slice folder,
                                       const char *middle, struct slice key, const char *end)
{
    size_t from = 0;
    struct slice name =
        arena_printf(a->r->arena, "%.*s%s%.*s%s", SLICE_ARG(folder), middle, SLICE_ARG(key), end);
    return name.p ? zip_find(a->index, name, &from) : NULL;
}

static struct zip_entry *find_storage(const struct archive *a, struct slice folder, bool constants,
                                      struct slice key)
{
    if (a->r->format == FMT_TORCH_PACKAGE)
        return storage_entry(a, a->index->root, ".data/", key, ".storage");
    const char *first = constants ? "constants/" : "data/";
    struct zip_entry *e = storage_entry(a, folder, first, key, "");
    return e ? e : storage_entry(a, folder, constants ? "data/" : "constants/", key, "");
}

static enum st show_storage(struct archive *a, struct torch *t, const struct torch_storage *s,
                            struct zip_entry *e)
{
    uint64_t bytes = s->elements * s->size;
    if (e->unpacked != bytes)
        tell_anomaly(a->r, ANOMALY_MALFORMED, e->offset,
                     "storage %.*s: %llu elements of %u bytes, but the member has %llu bytes",
                     SLICE_ARG(s->key), (unsigned long long)s->elements, s->size,
                     (unsigned long long)e->unpacked);
    if (e->taken || e->sealed) return ST_OK;
    e->taken = true;
    if (e->codec == CODEC_STORED) return torch_show(t, s, e->packed, e->offset, a->big);
    struct member m = zip_member(e);
    m.hint = FMT_RAW;
    return reading_push(a->r, &m);
}

static enum st storages(struct archive *a, struct torch *t, struct slice pickle)
{
    struct slice folder = folder_of(pickle);
    bool constants = slice_eq(base_of(pickle), S("constants.pkl"));
    enum st st = ST_OK;
    for (const struct torch_storage *s = t->first; s && st == ST_OK; s = s->next) {
        if (!budget_work(a->r->budget, 4)) return ST_LIMIT;
        struct zip_entry *e = find_storage(a, folder, constants, s->key);
        if (e)
            st = show_storage(a, t, s, e);
        else if (s->elements)
            tell_anomaly(a->r, ANOMALY_MALFORMED, 0, "storage %.*s is missing", SLICE_ARG(s->key));
    }
    return st;
}

/* Behind the first STOP: other tools read on. */
static enum st read_on(struct reading *r, struct cursor *c)
{
    struct slice rest = cur_rest(c);
    if (!rest.n) return ST_OK;
    tell_anomaly(r, ANOMALY_PICKLE_TRAILING, cur_pos(c), "%zu bytes behind the STOP", rest.n);
    struct member m = {.name = S("(behind the pickle)"),
                       .packed = rest,
                       .offset = cur_pos(c),
                       .unpacked = UINT64_MAX,
                       .hint = pickle_plausible(rest) ? FMT_PICKLE : FMT_UNKNOWN};
    return reading_push(r, &m);
}

static enum st run_pickle(struct archive *a, struct torch *t, struct zip_entry *e)
{
    struct reading *r = a->r;
    const struct layer *outer = r->layer;
    struct layer *inner = ARENA_NEW(r->arena, struct layer);
    struct member m = zip_member(e);
    struct pickle_summary sum = {0};
    if (!inner) return ST_NOMEM;
    e->taken = true;
    enum st st = reading_open(r, &m, inner);
    if (st != ST_OK && !inner->bytes.n) return st;
    r->layer = inner;
    struct cursor c = cur_of(inner->bytes);
    st = torch_pickle(t, &c, &sum);
    if (st == ST_OK) st = read_on(r, &c);
    r->layer = outer;
    /* how a bad stream ended was told; its storages are still looked at */
    return st == ST_NOMEM || st == ST_IO || st == ST_BUG ? st : ST_OK;
}

static enum st read_pickle(struct archive *a, struct zip_entry *e)
{
    struct torch t;
    torch_init(&t, a->r);
    enum st st = run_pickle(a, &t, e);
    if (st == ST_OK) st = storages(a, &t, e->name);
    if (slice_eq(base_of(e->name), S("data.pkl")) || a->r->format == FMT_TORCH_PACKAGE)
        torch_card(&t);
    return st;
}

/* ---- code ---- */

static bool is_code(const struct zip_entry *e)
{
    return slice_ends(e->name, S(".py")) && e->unpacked <= CODE_MAX;
}

static enum st read_code(struct archive *a, struct zip_entry *e)
{
    struct reading *r = a->r;
    const struct layer *outer = r->layer;
    struct layer *inner = ARENA_NEW(r->arena, struct layer);
    struct member m = zip_member(e);
    if (!inner) return ST_NOMEM;
    e->taken = true;
    enum st st = reading_open(r, &m, inner);
    if (st != ST_OK) return st;
    r->layer = inner;
    if (r->format == FMT_TORCHSCRIPT)
        torch_script_code(r, inner->name, inner->bytes);
    else
        tell_text(r, TEXT_CODE, inner->name, inner->bytes, 0, 1);
    r->layer = outer;
    return ST_OK;
}

/* ---- the archive ---- */

static void read_byteorder(struct archive *a, const struct zip_entry *e)
{
    if (!slice_eq(base_of(e->name), S("byteorder")) || e->codec != CODEC_STORED) return;
    struct slice word = slice_trim(e->packed);
    a->big = slice_eq(word, S("big"));
    if (!a->big && !slice_eq(word, S("little")))
        tell_anomaly(a->r, ANOMALY_MALFORMED, e->offset, "byteorder is neither little nor big");
}

static enum st read_entry(struct archive *a, struct zip_entry *e)
{
    bool code = a->r->format != FMT_TORCH_ZIP && is_code(e);
    if (e->taken || e->directory || e->link || e->sealed) return ST_OK;
    if (!budget_work(a->r->budget, 8)) return ST_LIMIT;
    if (is_main(a, e->name)) return read_pickle(a, e);
    return code ? read_code(a, e) : ST_OK;
}

/* Storages that no pickle asked for: whatever they are, it is not weights. */
static void stray_storages(const struct archive *a)
{
    for (size_t i = 0; i < a->index->count && a->r->content; i++) {
        const struct zip_entry *e = &a->index->entries[i];
        bool storage = slice_ends(folder_of(e->name), S("data/"));
        if (storage && !e->taken && !e->sealed && e->codec == CODEC_STORED && e->packed.n)
            tell_blob(a->r, e->packed, e->offset);
    }
}

enum st torch_zip_read(struct reading *r, struct zip_index *index)
{
    struct archive a = {.r = r, .index = index};
    enum st st = ST_OK;
    tell_format(r, r->format, NULL);
    for (size_t i = 0; i < index->count; i++) read_byteorder(&a, &index->entries[i]);
    for (size_t i = 0; i < index->count && st == ST_OK; i++)
        st = read_entry(&a, &index->entries[i]);
    stray_storages(&a);
    return st;
}

enum st torch_raw_read(struct reading *r)
{
    tell_format(r, FMT_RAW, NULL);
    if (r->content) tell_blob(r, r->layer->bytes, 0);
    return ST_OK;
}
