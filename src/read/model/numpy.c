/* SPDX-License-Identifier: Apache-2.0 */
#include "read/model/numpy.h"
#include "base/num.h"
#include "read/model/numpy_part.h"
#include "read/model/pickle.h"
#include "read/model/stray.h"

#define MAGIC S("\x93NUMPY")

static void malformed(struct reading *r, uint64_t at, const char *why)
{
    tell_anomaly(r, ANOMALY_MALFORMED, at, "%s", why);
}

/* The frame and the literal; false: told, the place is lost. */
static bool header(struct reading *r, struct cursor *c, struct numpy_header *h)
{
    uint64_t at = cur_pos(c);
    if (!slice_eq(cur_bytes(c, 6), MAGIC)) {
        malformed(r, at, "the array does not begin as numpy arrays do");
        return false;
    }
    uint8_t major = cur_u8(c), minor = cur_u8(c);
    uint64_t n = major == 1 ? cur_u16le(c) : cur_u32le(c);
    if (cur_ok(c) && (major < 1 || major > 3 || minor)) {
        malformed(r, at + 6, "a version that numpy does not have");
        return false;
    }
    uint64_t place = cur_pos(c);
    struct slice literal = cur_bytes(c, n);
    if (!cur_ok(c)) {
        tell_anomaly(r, ANOMALY_TRUNCATED, at, "the header is longer than the file");
        return false;
    }
    if (numpy_header(literal, h)) return true;
    malformed(r, place, h->error);
    return false;
}

/* Elements and bytes; false when they do not fit 64 bits, as numpy would find too late. */
static bool size_of(const struct numpy_header *h, uint64_t *ret_elements, uint64_t *ret_bytes)
{
    uint64_t n = 1;
    for (size_t i = 0; i < h->rank; i++)
        if (!num_mul(n, h->shape[i], &n)) return false;
    *ret_elements = n;
    return num_mul(n, h->itemsize, ret_bytes) && *ret_bytes <= INT64_MAX && n <= INT64_MAX;
}

static enum st objects(struct reading *r, struct cursor *c, uint64_t elements)
{
    uint64_t at = cur_pos(c);
    struct slice rest = cur_rest(c);
    tell_anomaly(r, ANOMALY_NUMPY_OBJECT_ARRAY, at, "%llu objects", (unsigned long long)elements);
    cur_skip(c, rest.n);
    if (!rest.n) {
        tell_anomaly(r, ANOMALY_TRUNCATED, at, "no pickle follows the header of an object array");
        return ST_OK;
    }
    struct member m = {.name = S("objects"),
                       .packed = rest,
                       .offset = at,
                       .codec = CODEC_STORED,
                       .unpacked = rest.n,
                       .hint = FMT_PICKLE};
    return reading_push(r, &m);
}

static enum st data(struct reading *r, struct cursor *c, const struct numpy_header *h)
{
    uint64_t at = cur_pos(c), elements, bytes;
    if (!size_of(h, &elements, &bytes)) {
        malformed(r, at, "a shape whose size overflows");
        return ST_MALFORMED;
    }
    tell_card_number(r, CARD_TENSORS, 1);
    if (h->objects) return objects(r, c, elements);
    if (bytes > cur_left(c)) {
        tell_anomaly(r, ANOMALY_TRUNCATED, at, "%llu bytes of data are missing",
                     (unsigned long long)(bytes - cur_left(c)));
        return ST_TRUNCATED;
    }
    struct tensor t = {.name = r->layer->name,
                       .dtype = h->dtype,
                       .shape = h->shape,
                       .rank = h->rank,
                       .bytes = cur_bytes(c, bytes)};
    tell_tensor(r, &t, at);
    tell_card_number(r, CARD_PARAMETERS, elements);
    if (h->bytes && stray_looks_foreign(t.bytes)) return stray_push(r, S("elements"), at, bytes);
    return ST_OK;
}

/* Some version of numpy may still understand the type, and unpickle. */
static enum st behind_bad_header(struct reading *r, struct cursor *c, bool objects_seen)
{
    return objects_seen || pickle_plausible(cur_rest(c)) ? objects(r, c, 1) : ST_OK;
}

enum st npy_read(struct reading *r)
{
    struct cursor c = cur_of(r->layer->bytes);
    enum st st = ST_OK;
    tell_format(r, FMT_NPY, NULL);
    tell_card(r, CARD_FRAMEWORK, S("NumPy"));
    do { /* numpy.save into an open file appends */
        struct numpy_header h = {0};
        if (!budget_work(r->budget, 16)) return ST_LIMIT;
        if (!header(r, &c, &h)) return behind_bad_header(r, &c, h.objects);
        st = data(r, &c, &h);
    } while (st == ST_OK && slice_starts(cur_rest(&c), MAGIC));
    if (st == ST_TRUNCATED || st == ST_MALFORMED) return ST_OK; /* told */
    uint64_t at = cur_pos(&c), left = cur_left(&c);
    if (st != ST_OK || !left) return st;
    tell_anomaly(r, ANOMALY_TRAILING, at, "%llu bytes after the array", (unsigned long long)left);
    return stray_push(r, S("bytes after the array"), at, left);
}

enum st npz_read(struct reading *r, struct zip_index *index)
{
    (void)index; /* every member is an array, and is read as what it is */
    tell_format(r, FMT_NPZ, NULL);
    tell_card(r, CARD_FRAMEWORK, S("NumPy"));
    return ST_OK;
}
