/* SPDX-License-Identifier: Apache-2.0 */
#include "read/data/webdataset.h"
#include "base/st.h"
#include <stdio.h>

/* Samples that have the same parts. */
struct webdataset_set {
    struct webdataset_set *next;
    uint32_t have;
    uint64_t samples, at; /* at: the first of them in the layer */
    struct slice key;
};

/* Parts that samples are made of. Pictures of any kind are the same part. */
static const char *const usual[] = {
    "json",      "txt",       "cls",      "cls2",        "caption",    "text",
    "npy",       "npz",       "pyd",      "pickle",      "pkl",        "pth",
    "pt",        "msgpack",   "mp",       "wav",         "flac",       "mp3",
    "ogg",       "m4a",       "mp4",      "webm",        "avi",        "mov",
    "mkv",       "index",     "inx",      "id",          "id2",        "transcript",
    "cbor",      "ten",       "tb",       "html",        "xml",        "metadata.json",
    "meta.json", "depth.png", "mask.png", "seg.png",     "logits.pyd", "txt.gz",
    "json.gz",   "md5",       "sha256",   "safetensors", "parquet",    "csv",
};

static const char *const pictures[] = {"jpg", "jpeg", "png", "webp", "gif",  "ppm",  "pgm",
                                       "pbm", "bmp",  "tif", "tiff", "avif", "heic", "img"};

static bool any_of(struct slice s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq_nocase(s, slice_str(list[i]))) return true;
    return false;
}

void webdataset_init(struct webdataset *w, struct arena *a)
{
    *w = (struct webdataset){0};
    map_init(&w->keys, a, 0x6b657973);
    map_init(&w->sets, a, 0x73657473);
}

static struct webdataset_set *set_of(struct webdataset *w)
{
    struct slice raw = slice_of(&w->have, sizeof w->have);
    union map_value v;
    if (map_get(&w->sets, raw, &v)) {
        for (struct webdataset_set *s = w->list; s; s = s->next)
            if (s->have == w->have) return s;
    }
    struct webdataset_set *s = ARENA_NEW(w->sets.arena, struct webdataset_set);
    if (!s) return NULL;
    *s = (struct webdataset_set){.next = w->list, .have = w->have, .at = w->key_at, .key = w->key};
    v.num = 1;
    w->list = s;
    return map_put(&w->sets, slice_of(&s->have, sizeof s->have), v, NULL) ? s : NULL;
}

/* The sample in hand is over. */
static bool close_sample(struct webdataset *w)
{
    bool existed = false;
    if (!w->have) return true;
    struct webdataset_set *s = set_of(w);
    if (!s || !map_put(&w->keys, w->key, (union map_value){.num = 1}, &existed)) return false;
    s->samples++;
    w->samples++;
    if (existed && !w->apart++) w->first_apart = w->key;
    w->have = 0;
    return true;
}

/* The number of a part; WEBDATASET_PARTS when there are too many kinds. */
static size_t part_of(struct webdataset *w, struct slice ending)
{
    if (any_of(ending, pictures, COUNT_OF(pictures))) ending = S("picture");
    for (size_t i = 0; i < w->part_count; i++)
        if (slice_eq_nocase(w->parts[i], ending)) return i;
    if (w->part_count == WEBDATASET_PARTS) return WEBDATASET_PARTS;
    w->parts[w->part_count] = ending;
    return w->part_count++;
}

/* "left.jpg" is a part, too. */
static bool is_part(struct slice ending)
{
    size_t dot = slice_rfind_byte(ending, '.');
    struct slice last = slice_sub(ending, dot == SIZE_MAX ? 0 : dot + 1, SIZE_MAX);
    return any_of(ending, usual, COUNT_OF(usual)) || any_of(last, usual, COUNT_OF(usual)) ||
           any_of(last, pictures, COUNT_OF(pictures));
}

bool webdataset_file(struct webdataset *w, struct slice name, uint64_t at)
{
    size_t slash = slice_rfind_byte(name, '/'), from = slash == SIZE_MAX ? 0 : slash + 1;
    struct slice base = slice_sub(name, from, SIZE_MAX);
    size_t dot = slice_find_byte(base, '.');
    struct slice ending = slice_sub(base, dot == SIZE_MAX ? base.n : dot + 1, SIZE_MAX);
    struct slice key = slice_sub(name, 0, from + (dot == SIZE_MAX ? base.n : dot));
    w->files++;
    if (!is_part(ending)) {
        w->strange++;
        return true;
    }
    size_t part = part_of(w, ending);
    if (!w->have || !slice_eq(key, w->key)) {
        if (!close_sample(w)) return false;
        w->key = key;
        w->key_at = at;
    }
    w->have |= 1u << part;
    return true;
}

static const struct webdataset_set *largest(const struct webdataset *w)
{
    const struct webdataset_set *best = w->list;
    for (const struct webdataset_set *s = w->list; s; s = s->next)
        if (s->samples > best->samples) best = s;
    return best;
}

/* Nine in ten files are parts, and most samples have the same two or more of them. */
static bool are_samples(const struct webdataset *w, const struct webdataset_set *usual_set)
{
    if (w->samples < 3 || w->strange * 10 > w->files || !usual_set) return false;
    return __builtin_popcount(usual_set->have) >= 2 && usual_set->samples * 10 >= w->samples * 6;
}

static void tell_lacking(const struct webdataset *w, const struct reading *r,
                         const struct webdataset_set *most)
{
    const struct webdataset_set *first = NULL;
    uint64_t lacking = 0;
    for (const struct webdataset_set *s = w->list; s; s = s->next) {
        if (!(most->have & ~s->have)) continue;
        lacking += s->samples;
        if (!first || s->at < first->at) first = s;
    }
    if (!first) return;
    uint32_t gone = most->have & ~first->have;
    size_t part = (size_t)__builtin_ctz(gone);
    tell_anomaly(r, ANOMALY_SAMPLE_PARTS, first->at,
                 "%llu of %llu samples lack a part; %.*s has no %.*s", (unsigned long long)lacking,
                 (unsigned long long)w->samples, SLICE_ARG(first->key),
                 SLICE_ARG(part < w->part_count ? w->parts[part] : S("part")));
}

bool webdataset_end(struct webdataset *w, const struct reading *r)
{
    if (!close_sample(w)) return false;
    const struct webdataset_set *most = largest(w);
    if (!are_samples(w, most)) return true;
    tell_card(r, CARD_FRAMEWORK, S("WebDataset"));
    tell_card_number(r, CARD_ROWS, w->samples);
    tell_lacking(w, r, most);
    if (w->apart)
        tell_anomaly(r, ANOMALY_SAMPLE_PARTS, 0,
                     "%llu samples come again after others; the first is %.*s",
                     (unsigned long long)w->apart, SLICE_ARG(w->first_apart));
    return true;
}
