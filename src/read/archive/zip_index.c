/* SPDX-License-Identifier: Apache-2.0 */
/* zip_index.c - every member that some loader could open.
 *
 *    [prefix] [local header | data | descriptor]* [directory] [ZIP64 end] [end | comment] [tail]
 *
 * The directory at the end decides for most loaders, but not all: the bytes between what it lists
 * are searched for local headers, both headers of a member are compared, and where the directory
 * could lie in two places, both are read. */
#include "base/sort.h"
#include "read/archive/names.h"
#include "read/archive/zip.h"
#include "read/archive/zip_find.h"
#include "read/archive/zip_header.h"

#define DESCRIPTOR_MOST       24u
#define END_RECORD            22u
#define UNIX_TYPE(attributes) ((attributes) >> 16 & 0170000u)
#define UNIX_LINK             0120000u
#define MASKED_DIRECTORY      (1u << 13)

struct span {
    uint64_t from, to;
    bool member;
};

struct builder {
    struct reading *r;
    struct zip_index *ix;
    struct cursor all;
    uint8_t head[512]; /* the local header that is being looked at */
    size_t room;
    struct span *spans;
    size_t span_count, span_room;
    struct names names;
    size_t shifted;  /* local headers that were found behind a prefix */
    bool undirected; /* there is no directory, so nothing can be missing in it */
    bool wanting;    /* out of memory or budget: stop */
};

static const struct {
    uint16_t method;
    enum codec codec;
} methods[] = {
    {0, CODEC_STORED}, {8, CODEC_DEFLATE}, {12, CODEC_BZIP2}, {14, CODEC_LZMA_RAW},
    {20, CODEC_ZSTD},  {93, CODEC_ZSTD},   {95, CODEC_XZ},
};

static enum codec codec_of(uint16_t method)
{
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (methods[i].method == method) return methods[i].codec;
    return CODEC_UNKNOWN;
}

static bool spend(struct builder *b, uint64_t steps)
{
    if (!b->wanting && budget_work(b->r->budget, steps)) return true;
    b->wanting = true;
    return false;
}

/* Room for one more item of `size` bytes in an array of the arena. */
static void *more(struct builder *b, void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room) return items;
    size_t bigger = *room ? *room * 2 : 64;
    void *p = arena_alloc(b->r->arena, bigger, size);
    if (!p) {
        b->wanting = true;
        return NULL;
    }
    if (count) memcpy(p, items, count * size);
    *room = bigger;
    return p;
}

static void add_span(struct builder *b, uint64_t from, uint64_t to, bool member)
{
    struct span *s = more(b, b->spans, b->span_count, &b->span_room, sizeof *s);
    if (!s) return;
    b->spans = s;
    s[b->span_count++] = (struct span){from, to, member};
}

static struct zip_entry *add_entry(struct builder *b, const struct zip_entry *e)
{
    struct zip_index *ix = b->ix;
    struct zip_entry *all = more(b, ix->entries, ix->count, &b->room, sizeof *all);
    if (!all) return NULL;
    ix->entries = all;
    all[ix->count] = *e;
    return &all[ix->count++];
}

/* C loaders see a name only up to its first NUL byte. */
static struct slice cut_name(const struct builder *b, struct slice name, uint64_t at)
{
    size_t nul = slice_find_byte(name, 0);
    if (nul == SIZE_MAX) return name;
    tell_anomaly(b->r, ANOMALY_ARCHIVE_PATH, at, "\"%.*s\" goes on behind a NUL byte",
                 SLICE_ARG(slice_sub(name, 0, nul)));
    return slice_sub(name, 0, nul);
}

static void fill_entry(struct builder *b, const struct zip_header *h, uint64_t data,
                       struct zip_entry *e)
{
    uint64_t left = data <= b->all.len ? b->all.len - data : 0;
    struct slice bytes = slice_of(b->all.base, b->all.len);
    uint64_t n = h->packed < left ? h->packed : left;
    if (h->packed > left)
        tell_anomaly(b->r, ANOMALY_TRUNCATED, data, "%.*s: %llu bytes declared, %llu left",
                     SLICE_ARG(h->name), (unsigned long long)h->packed, (unsigned long long)left);
    e->offset = data;
    e->packed = slice_sub(bytes, (size_t)data, (size_t)n);
    e->unpacked = h->unpacked;
    e->crc = h->crc;
    e->method = h->method;
    e->flags = h->flags;
    e->codec = codec_of(h->method);
}

static void tell_number(const struct builder *b, const struct zip_header *local, uint64_t at,
                        const char *what, uint64_t l, uint64_t c)
{
    tell_anomaly(b->r, ANOMALY_ARCHIVE_HEADERS_DIFFER, at,
                 "%.*s: %s %llu in the local header, %llu in the directory", SLICE_ARG(local->name),
                 what, (unsigned long long)l, (unsigned long long)c);
}

/* Sizes and checksum are zero in a local header that was written before them. */
static void compare(const struct builder *b, const struct zip_header *c, const struct zip_header *l,
                    uint64_t at)
{
    bool open = l->flags & ZIP_FLAG_STREAMED;
    if (c->extra_bad || l->extra_bad)
        tell_anomaly(b->r, ANOMALY_MALFORMED, at, "%.*s: an extra field is broken",
                     SLICE_ARG(c->name));
    if (!slice_eq(c->name, l->name))
        tell_anomaly(b->r, ANOMALY_ARCHIVE_HEADERS_DIFFER, at,
                     "%.*s in the directory is %.*s in the local header", SLICE_ARG(c->name),
                     SLICE_ARG(l->name));
    if (c->method != l->method) tell_number(b, l, at, "method", l->method, c->method);
    if ((c->flags ^ l->flags) & ZIP_FLAG_SEALED)
        tell_number(b, l, at, "encryption flag", l->flags & 1u, c->flags & 1u);
    if (c->crc != l->crc && !(open && !l->crc)) tell_number(b, l, at, "checksum", l->crc, c->crc);
    if (c->packed != l->packed && !(open && !l->packed))
        tell_number(b, l, at, "packed size", l->packed, c->packed);
    if (c->unpacked != l->unpacked && !(open && !l->unpacked))
        tell_number(b, l, at, "size", l->unpacked, c->unpacked);
}

/* Returns the end of the local header at `at`, or 0. Its texts live until the next one. */
static uint64_t end_of_local(struct builder *b, uint64_t at, struct zip_header *ret)
{
    struct cursor c = cur_of(layer_peek(b->r->layer, at, b->head, sizeof b->head));
    if (zip_local(&c, ret)) return at + cur_pos(&c);
    c = b->all; /* a longer one */
    cur_seek(&c, at);
    return zip_local(&c, ret) ? cur_pos(&c) : 0;
}

/* The local header where the directory says, counted from the archive's start or from the file's.
 * Returns its end, or 0. */
static uint64_t find_local(struct builder *b, uint64_t offset, struct zip_header *ret,
                           uint64_t *ret_at)
{
    const uint64_t tries[] = {offset + b->ix->start, offset};
    for (size_t i = 0; i < COUNT_OF(tries); i++) {
        uint64_t end = end_of_local(b, tries[i], ret);
        if (!end) continue;
        *ret_at = tries[i];
        b->shifted += i == 0 && b->ix->start > 0;
        return end;
    }
    return 0;
}

/* What a loader that trusts the local header would read instead. */
static void add_variant(struct builder *b, const struct zip_header *c, const struct zip_header *l,
                        uint64_t data, const struct zip_entry *like)
{
    bool open = l->flags & ZIP_FLAG_STREAMED;
    bool other_size = l->packed > c->packed && !open;
    if (c->method == l->method && !other_size) return;
    struct zip_header h = *l;
    if (open) h.packed = c->packed;
    if (open) h.unpacked = c->unpacked;
    struct zip_entry e = *like;
    fill_entry(b, &h, data, &e);
    e.hidden = e.duplicate = true;
    (void)add_entry(b, &e);
}

/* No loader looks there, which is what makes it a place to carry something along. */
static void push_extras(struct builder *b, struct slice extra, uint64_t at)
{
    for (struct slice field; (field = zip_strange_extra(&extra)).n;)
        if (reading_push_stray(b->r, "(extra field)", field, at) != ST_OK) b->wanting = true;
}

/* They end where the data begins; `peeked` does not last. */
static void push_local_extras(struct builder *b, struct slice peeked, uint64_t end, uint64_t at)
{
    struct slice extra =
        slice_sub(slice_of(b->all.base, b->all.len), (size_t)end - peeked.n, peeked.n);
    if (zip_strange_extra(&peeked).n) push_extras(b, extra, at);
}

static void add_central(struct builder *b, const struct zip_header *h, uint64_t at)
{
    struct zip_header local;
    uint64_t local_at = 0, data = find_local(b, h->local, &local, &local_at);
    if (!data) {
        tell_anomaly(b->r, ANOMALY_MALFORMED, at, "%.*s: no local header at %llu",
                     SLICE_ARG(h->name), (unsigned long long)h->local);
        return;
    }
    struct zip_entry e = {.name = cut_name(b, h->name, at), .header = local_at};
    fill_entry(b, h, data, &e);
    if (local.flags & ZIP_FLAG_SEALED) e.flags |= ZIP_FLAG_SEALED;
    e.link = UNIX_TYPE(h->attributes) == UNIX_LINK;
    e.directory = slice_ends(e.name, S("/")) && !e.packed.n;
    compare(b, h, &local, local_at);
    push_extras(b, h->extra, at);
    push_local_extras(b, local.extra, data, local_at);
    if (!names_add(b->r, &b->names, e.name, local_at, !e.directory, &e.duplicate))
        b->wanting = true;
    if (h->flags & MASKED_DIRECTORY) e.flags |= ZIP_FLAG_SEALED;
    add_span(b, local_at, data + e.packed.n, true);
    if (add_entry(b, &e)) add_variant(b, h, &local, data, &e);
}

static void read_directory(struct builder *b, uint64_t pos, uint64_t end)
{
    struct cursor c = b->all;
    uint64_t understood = pos;
    cur_seek(&c, pos);
    while (cur_ok(&c) && cur_pos(&c) < end && spend(b, 8)) {
        struct zip_header h;
        uint64_t at = cur_pos(&c);
        if (!zip_central(&c, &h)) {
            tell_anomaly(b->r, ANOMALY_MALFORMED, at, "the directory is broken at %llu",
                         (unsigned long long)at);
            break;
        }
        add_central(b, &h, at);
        understood = cur_pos(&c);
    }
    add_span(b, pos, understood, false);
}

static void read_comment(struct builder *b, const struct zip_end *e)
{
    uint64_t at = e->pos + END_RECORD;
    struct slice comment =
        slice_sub(slice_of(b->all.base, b->all.len), (size_t)at, (size_t)(e->after - at));
    if (reading_push_stray(b->r, "(comment)", comment, at) != ST_OK) b->wanting = true;
}

static void read_directories(struct builder *b, const struct zip_end *e)
{
    struct zip_index *ix = b->ix;
    uint64_t size = e->tail - (e->cd_pos < e->tail ? e->cd_pos : e->tail);
    ix->start = e->at_pos && e->cd_pos > e->cd_offset ? e->cd_pos - e->cd_offset : 0;
    if (e->at_pos || !e->at_offset) read_directory(b, e->cd_pos, e->cd_pos + size);
    size_t listed = ix->count;
    if (!b->wanting && e->count != listed && e->at_pos)
        tell_anomaly(b->r, ANOMALY_MALFORMED, e->pos,
                     "the end record counts %llu members, the directory %zu",
                     (unsigned long long)e->count, listed);
    if (!b->wanting && e->at_pos && e->cd_offset != e->cd_pos && listed && !b->shifted)
        tell_anomaly(b->r, ANOMALY_MALFORMED, e->pos,
                     "the end record places the directory at %llu, but it lies at %llu",
                     (unsigned long long)e->cd_offset, (unsigned long long)e->cd_pos);
    if (e->at_offset) { /* the second reading: offsets count from the file's first byte */
        if (e->at_pos)
            tell_anomaly(b->r, ANOMALY_ARCHIVE_CONCATENATED, e->cd_offset,
                         "the directory may begin at %llu or at %llu",
                         (unsigned long long)e->cd_pos, (unsigned long long)e->cd_offset);
        ix->start = 0;
        read_directory(b, e->cd_offset, e->cd_offset + e->cd_size);
    }
    add_span(b, e->tail, e->after, false);
    if (e->after - e->pos > END_RECORD + 16) read_comment(b, e);
    if (e->spanned)
        tell_anomaly(b->r, ANOMALY_MALFORMED, e->pos, "says that it is one part of several");
    if (e->cut) tell_anomaly(b->r, ANOMALY_TRUNCATED, e->pos, "the comment is cut short");
}

/* ---- what no directory lists ---- */

static bool plausible(const struct zip_header *h)
{
    if (!h->name.n || h->name.n > 4096 || codec_of(h->method) == CODEC_UNKNOWN) return false;
    for (size_t i = 0; i < h->name.n; i++)
        if (h->name.p[i] < 0x20) return false;
    return true;
}

/* Data without a declared size ends at the next structure. */
static uint64_t open_end(const struct builder *b, uint64_t data, uint64_t to)
{
    static const char *const next[] = {"PK\x07\x08", "PK\x03\x04", "PK\x01\x02"};
    struct slice rest =
        slice_sub(slice_of(b->all.base, b->all.len), (size_t)data, (size_t)(to - data));
    size_t n = rest.n;
    for (size_t i = 0; i < COUNT_OF(next); i++) {
        size_t hit = slice_find(slice_sub(rest, 0, n), slice_of(next[i], 4));
        if (hit < n) n = hit;
    }
    return n;
}

/* Returns where to go on. */
static uint64_t add_hidden(struct builder *b, uint64_t at, uint64_t to)
{
    struct cursor c = b->all;
    struct zip_header h;
    cur_seek(&c, at);
    if (!zip_local(&c, &h) || !plausible(&h)) return at + 4;
    uint64_t data = cur_pos(&c);
    bool open = h.flags & ZIP_FLAG_STREAMED && !h.packed;
    if (open && data < to) h.packed = open_end(b, data, to);
    struct zip_entry e = {.name = h.name, .header = at, .hidden = true};
    fill_entry(b, &h, data, &e);
    if (open) e.unpacked = UINT64_MAX;
    e.directory = slice_ends(e.name, S("/")) && !e.packed.n;
    if (!b->undirected)
        tell_anomaly(b->r, ANOMALY_ARCHIVE_HIDDEN_MEMBER, at, "%.*s", SLICE_ARG(h.name));
    if (!names_add(b->r, &b->names, e.name, at, !e.directory, &e.duplicate)) b->wanting = true;
    (void)add_entry(b, &e);
    return e.packed.n ? data + e.packed.n : data;
}

/* A prefix was sniffed as the file's own beginning; other gaps are read as what they are. */
static void read_gap(struct builder *b, struct slice gap, uint64_t from)
{
    if (from == 0) {
        tell_blob(b->r, gap, from);
    } else if (!slice_starts(gap, S("PK\x03\x04")) &&
               reading_push_stray(b->r, "(unlisted bytes)", gap, from) != ST_OK) {
        b->wanting = true;
    }
}

static void search_gap(struct builder *b, uint64_t from, uint64_t to)
{
    struct slice bytes = slice_of(b->all.base, b->all.len);
    struct slice gap = slice_sub(bytes, (size_t)from, (size_t)(to - from));
    if (!spend(b, gap.n / 4096 + 1)) return;
    for (uint64_t at = from; at < to && spend(b, 8);) {
        size_t hit = slice_find(slice_sub(bytes, (size_t)at, (size_t)(to - at)), S("PK\x03\x04"));
        if (hit == SIZE_MAX) break;
        at = add_hidden(b, at + hit, to);
    }
    size_t end = slice_find(gap, S("PK\x05\x06"));
    if (end != SIZE_MAX && gap.n - end >= 22)
        tell_anomaly(b->r, ANOMALY_ARCHIVE_CONCATENATED, from + end,
                     "another end of an archive lies at %llu", (unsigned long long)from + end);
    if (gap.n >= 16) read_gap(b, gap, from);
}

static int by_place(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

static void tell_outside(const struct builder *b, uint64_t from, uint64_t to, bool prefix)
{
    tell_anomaly(b->r, prefix ? ANOMALY_ARCHIVE_PREFIX : ANOMALY_TRAILING, from,
                 "%llu bytes %s the archive", (unsigned long long)(to - from),
                 prefix ? "before" : "behind");
}

/* Walks what is covered, in order of place: gaps are searched, overlaps told once. */
static void search_gaps(struct builder *b)
{
    uint64_t done = 0;
    bool told = false;
    sort_items(b->spans, b->span_count, sizeof *b->spans, by_place);
    for (size_t i = 0; i < b->span_count && !b->wanting; i++) {
        const struct span *s = &b->spans[i];
        uint64_t from = s->from < b->all.len ? s->from : b->all.len;
        if (from < done && s->member && !told) {
            tell_anomaly(b->r, ANOMALY_ARCHIVE_OVERLAP, from,
                         "a member at %llu lies inside what comes before it",
                         (unsigned long long)from);
            told = true;
        }
        if (from > done && i == 0) tell_outside(b, done, from, true);
        if (from > done && (i == 0 || from - done > DESCRIPTOR_MOST)) search_gap(b, done, from);
        if (s->to > done) done = s->to;
    }
    if (done < b->all.len && b->span_count) tell_outside(b, done, b->all.len, false);
    if (done < b->all.len) search_gap(b, done, b->all.len);
}

enum st zip_index(struct reading *r, struct zip_index *ret)
{
    *ret = (struct zip_index){0};
    struct builder b = {.r = r, .ix = ret, .all = cur_of(r->layer->bytes)};
    struct zip_end end;
    names_init(&b.names, r->arena);
    bool found = zip_find_end(r->layer->bytes, &end);
    b.undirected = !found;
    if (found)
        read_directories(&b, &end);
    else
        tell_anomaly(r, ANOMALY_TRUNCATED, r->layer->bytes.n, "there is no directory at the end");
    search_gaps(&b);
    if (b.wanting) return r->budget->spent ? ST_LIMIT : ST_NOMEM;
    return found || ret->count ? ST_OK : ST_MALFORMED;
}

struct zip_entry *zip_find(const struct zip_index *index, struct slice name, size_t *from)
{
    while (*from < index->count) {
        struct zip_entry *e = &index->entries[(*from)++];
        if (slice_eq(e->name, name)) return e;
    }
    return NULL;
}

/* Method 14: version u16, length u16, properties, raw LZMA. */
static void lzma_member(struct member *m)
{
    struct cursor c = cur_of(m->packed);
    cur_skip(&c, 2);
    uint16_t n = cur_u16le(&c);
    m->codec_props = cur_bytes(&c, n);
    if (!cur_ok(&c)) m->codec = CODEC_UNKNOWN;
    m->offset += cur_pos(&c);
    m->packed = cur_rest(&c);
}

struct member zip_member(const struct zip_entry *e)
{
    struct member m = {.name = e->name,
                       .packed = e->packed,
                       .offset = e->offset,
                       .codec = e->codec,
                       .unpacked = e->unpacked,
                       .crc = e->crc,
                       .check_crc = true};
    if (e->codec == CODEC_LZMA_RAW) lzma_member(&m);
    return m;
}
