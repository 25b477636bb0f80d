/* SPDX-License-Identifier: Apache-2.0 */
#include "log/head.h"
#include "base/num.h"
#include "codec/base64.h"
#include "log/stamp.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const char dash[] = "\xe2\x80\x94 ";

/* ---- writing ---- */

static void put_peaks(const struct merkle *m, struct buf *out)
{
    buf_str(out, "peaks");
    for (unsigned height = MERKLE_PROOF_MAX; height-- > 0;) {
        if (!(m->size >> height & 1)) continue;
        buf_byte(out, ' ');
        base64_write(slice_of(m->peaks[height].bytes, MERKLE_BYTES), out);
    }
    buf_byte(out, '\n');
}

static void put_signature(struct slice text, const struct note_key *key, struct buf *out)
{
    uint8_t bytes[4 + ED25519_BYTES];
    memcpy(bytes, key->public.hint, 4);
    ed25519_sign(text, key->seed, &bytes[4]);
    buf_printf(out, "\n%s%s ", dash, key->public.name);
    base64_write(slice_of(bytes, sizeof bytes), out);
    buf_byte(out, '\n');
}

void head_write(const struct head *h, const struct note_key *key, struct buf *out)
{
    size_t from = out->n;
    struct merkle_hash root;
    merkle_root(&h->tree, &root);
    buf_printf(out, "%s\n%llu\n", key->public.name, (unsigned long long)h->tree.size);
    base64_write(slice_of(root.bytes, MERKLE_BYTES), out);
    buf_printf(out, "\nsegment %llu bytes %llu%s\ntime ", (unsigned long long)h->segment,
               (unsigned long long)h->bytes, h->sealed ? " sealed" : "");
    stamp_write(h->time_ms, out);
    buf_byte(out, '\n');
    put_peaks(&h->tree, out);
    if (buf_ok(out)) put_signature(slice_sub(buf_slice(out), from, SIZE_MAX), key, out);
}

/* ---- reading ---- */

static enum st wrong(const char *why, struct slice *ret_why)
{
    *ret_why = slice_str(why);
    return ST_MALFORMED;
}

static bool word(struct slice *rest, const char *want)
{
    struct slice part;
    return rest->p && slice_split(rest, ' ', &part) && slice_eq(part, slice_str(want));
}

static bool number(struct slice *rest, uint64_t *ret)
{
    struct slice part;
    return rest->p && slice_split(rest, ' ', &part) && num_u64(part, ret);
}

static bool read_place(struct slice line, struct head *h)
{
    struct slice rest = line;
    if (!word(&rest, "segment") || !number(&rest, &h->segment) || !word(&rest, "bytes") ||
        !number(&rest, &h->bytes))
        return false;
    h->sealed = rest.p != NULL;
    return !h->sealed || slice_eq(rest, S("sealed"));
}

static bool read_peaks(struct slice line, struct merkle *m)
{
    struct slice rest = line, part;
    if (!word(&rest, "peaks")) return false;
    for (unsigned height = MERKLE_PROOF_MAX; height-- > 0;) {
        uint8_t raw[MERKLE_BYTES + 1];
        if (!(m->size >> height & 1)) continue;
        if (!rest.p || !slice_split(&rest, ' ', &part)) return false;
        if (base64_into(part, raw, sizeof raw) != MERKLE_BYTES) return false;
        memcpy(m->peaks[height].bytes, raw, MERKLE_BYTES);
    }
    return !rest.p;
}

static bool read_lines(struct slice text, struct head *h)
{
    struct slice rest = text, line = {0}, place = {0}, time = {0}, peaks = {0};
    for (int i = 0; i < 3; i++)
        if (!rest.p || !slice_split(&rest, '\n', &line)) return false;
    return slice_split(&rest, '\n', &place) && slice_split(&rest, '\n', &time) &&
           slice_split(&rest, '\n', &peaks) && read_place(place, h) &&
           slice_starts(time, S("time ")) && stamp_read(slice_sub(time, 5, time.n), &h->time_ms) &&
           read_peaks(peaks, &h->tree);
}

bool head_adds_up(const struct merkle *tree, const struct merkle_hash *root)
{
    struct merkle_hash sum;
    merkle_root(tree, &sum);
    return merkle_equal(&sum, root);
}

/* A signature of another key beside ours is a witness's, and nothing to us. */
static enum st check_signature(const struct note *n, const struct note_public *key,
                               struct slice *ret_why)
{
    for (size_t i = 0; i < n->signature_count; i++) {
        const struct note_signature *s = &n->signatures[i];
        if (memcmp(s->hint, key->hint, 4) != 0 || !slice_eq(s->name, slice_str(key->name)))
            continue;
        if (s->bytes.n == ED25519_BYTES && s->bytes.p &&
            ed25519_valid(n->text, s->bytes.p, key->key))
            return ST_OK;
        return wrong("its signature does not hold", ret_why);
    }
    return wrong("it is not signed by the log's key", ret_why);
}

enum st head_read(struct slice text, const struct note_public *key, struct arena *arena,
                  struct head *ret, struct slice *ret_why)
{
    struct checkpoint c;
    struct head h = {0};
    if (slice_ends(text, S("\n\n"))) text.n--;
    if (text.n > HEAD_MAX) return wrong("it is too long", ret_why);
    enum st st = checkpoint_read(text, arena, &c, ret_why);
    if (st == ST_OK) st = check_signature(&c.note, key, ret_why);
    if (st != ST_OK) return st;
    if (!slice_eq(c.origin, slice_str(key->name)))
        return wrong("it is a checkpoint of another log", ret_why);
    h.tree.size = c.size;
    h.root = c.root;
    if (!read_lines(c.note.text, &h)) return wrong("its lines are not those of Merlon", ret_why);
    if (!head_adds_up(&h.tree, &h.root)) return wrong("its peaks do not add up", ret_why);
    *ret = h;
    return ST_OK;
}

/* ---- in a file ---- */

/* Does an empty line end at `end`, below a line of signature? */
static bool ends_here(struct slice s, size_t end)
{
    if (end < 2 || s.p[end - 1] != '\n' || s.p[end - 2] != '\n') return false;
    size_t before = slice_rfind_byte(slice_sub(s, 0, end - 2), '\n');
    size_t line = before == SIZE_MAX ? 0 : before + 1;
    return slice_starts(slice_sub(s, line, end), slice_of(dash, sizeof dash - 1));
}

bool head_next(struct slice *rest, struct slice *ret)
{
    for (size_t end = 2; end <= rest->n; end++) {
        size_t at = slice_find(slice_sub(*rest, end - 2, rest->n), S("\n\n"));
        if (at == SIZE_MAX) return false;
        end += at;
        if (!ends_here(*rest, end)) continue;
        *ret = slice_sub(*rest, 0, end);
        *rest = slice_sub(*rest, end, rest->n);
        return true;
    }
    return false;
}

static bool read_tail(const struct folder *f, uint64_t segment, struct buf *out, uint64_t *ret_from)
{
    char name[SEGMENT_NAME];
    uint64_t size = 0, most = HEAD_TAIL_MAX / 2;
    folder_name(segment, "sig", name);
    int fd = log_file_open(f->io, f->fd, name, O_RDONLY);
    if (fd < 0) return errno == ENOENT;
    bool ok = log_size(fd, &size);
    *ret_from = size > most ? size - most : 0;
    ok = ok && log_read_all(f->io, fd, *ret_from, HEAD_TAIL_MAX, out);
    int why = errno;
    close(fd);
    errno = why;
    return ok;
}

bool head_last(const struct folder *f, uint64_t segment, struct buf *out, uint64_t *ret_from,
               struct slice *ret)
{
    *ret_from = 0;
    *ret = (struct slice){0};
    if (!read_tail(f, segment, out, ret_from)) return false;
    struct slice s = buf_slice(out);
    size_t end = s.n, start;
    while (end && !ends_here(s, end)) end--;
    for (start = end ? end - 1 : 0; start && !ends_here(s, start);) start--;
    *ret = slice_sub(s, start, end - start);
    return true;
}
