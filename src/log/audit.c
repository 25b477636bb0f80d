/* SPDX-License-Identifier: Apache-2.0 */
#include "log/audit.h"
#include "log/event.h"
#include "log/lines.h"
#include "log/stamp.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

#define SIGS_MAX ((size_t)1 << 30)

struct audit {
    const struct audit_options *o;
    struct audit_result *r;
    struct folder folder;
    struct arena arena; /* of one sentence, or one checkpoint */
    struct lines lines;
    struct merkle tree;    /* of records [0, next) */
    uint64_t next;         /* the record that should come */
    uint64_t checked;      /* records before this one were held against a checkpoint */
    bool tainted;          /* something is wrong since then: the tree is not known */
    uint64_t dropped;      /* segments up to this one may be missing: signed */
    uint64_t dropped_said; /* the same, not signed yet */
    uint64_t gone_to;      /* segments up to this one have no records; 0: none */
    struct head held;
    bool has_held, met_held;

    /* of the segment at hand */
    uint64_t segment;
    struct buf sig;
    struct slice sig_rest;
    struct head head; /* the next checkpoint */
    bool has_head, sealed;
    uint64_t sig_number; /* of the checkpoint in its file, from 1 */
    bool broken;         /* lines that are none since the last good one */
    uint64_t broken_at;
};

/* ---- telling ---- */

PRINTF_LIKE(6, 7)
static void tell(struct audit *a, enum audit_fault fault, uint64_t first, uint64_t last,
                 uint64_t at, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t size = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    struct audit_problem p = {fault, a->segment, first, last, at, slice_of(text, size)};
    a->r->problems++;
    if (a->o->tell) a->o->tell(a->o->ctx, &p);
}

static const char *say_time(int64_t ms, char text[32])
{
    struct buf b;
    buf_init(&b, 31);
    stamp_write(ms, &b);
    (void)snprintf(text, 32, "%s", buf_text(&b));
    buf_done(&b);
    return text;
}

const char *audit_fault_name(enum audit_fault f)
{
    static const char *const names[] = {"changed", "missing",    "order",
                                        "added",   "checkpoint", "cut-back"};
    return names[f];
}

/* ---- checkpoints ---- */

/* The next one of the segment that is sound by itself. */
static enum st next_head(struct audit *a)
{
    struct slice text, why;
    a->has_head = false;
    while (!a->has_head && head_next(&a->sig_rest, &text)) {
        struct head h;
        a->sig_number++;
        arena_reset(&a->arena);
        enum st st = head_read(text, a->o->key, &a->arena, &h, &why);
        if (st == ST_NOMEM) return st;
        if (st == ST_OK && h.segment != a->segment) why = S("it speaks of another segment");
        if (st == ST_OK && h.segment == a->segment && !a->sealed) {
            a->head = h;
            a->has_head = true;
            continue;
        }
        if (st == ST_OK && h.segment == a->segment) why = S("it stands behind the sealed one");
        tell(a, AUDIT_CHECKPOINT, 1, 0, 0, "checkpoint %llu: %.*s",
             (unsigned long long)a->sig_number, SLICE_ARG(why));
    }
    return ST_OK;
}

static void go_on_from(struct audit *a, const struct head *h)
{
    if (a->tainted) {
        a->r->unproven += h->tree.size - a->checked;
        a->dropped_said = a->dropped;
    }
    a->tree = h->tree;
    a->next = a->checked = h->tree.size;
    a->tainted = false;
    a->sealed = h->sealed;
    a->dropped = a->dropped_said;
    a->r->head = *h;
    a->r->has_head = true;
    a->r->checkpoints++;
}

static void compare(struct audit *a)
{
    char when[32];
    struct head *h = &a->head;
    bool same = !a->tainted && head_adds_up(&a->tree, &h->root) && a->lines.at == h->bytes;
    if (!same && !a->tainted) {
        tell(a, AUDIT_CHANGED, a->checked, h->tree.size - 1, h->bytes,
             "not what was signed at %s (checkpoint %llu)", say_time(h->time_ms, when),
             (unsigned long long)a->sig_number);
        a->tainted = true;
    }
    go_on_from(a, h);
}

/* Checkpoints up to the record that comes next. Those of records that are missing, or that do not
 * even come after the last one, are passed over. */
static enum st pass_heads(struct audit *a)
{
    enum st st = ST_OK;
    while (st == ST_OK && a->has_head && a->head.tree.size <= a->next) {
        if (a->head.tree.size == a->next)
            compare(a);
        else if (!a->tainted)
            tell(a, AUDIT_CHECKPOINT, 1, 0, 0, "checkpoint %llu: it is out of order",
                 (unsigned long long)a->sig_number);
        st = next_head(a);
    }
    return st;
}

static void meet_held(struct audit *a)
{
    char when[32];
    if (!a->has_held || a->met_held || a->tainted || a->next != a->held.tree.size) return;
    a->met_held = true;
    if (head_adds_up(&a->tree, &a->held.root)) return;
    tell(a, AUDIT_CUT_BACK, 1, 0, 0,
         "the first %llu records are not those of the checkpoint of %s that was given",
         (unsigned long long)a->next, say_time(a->held.time_ms, when));
}

/* ---- records ---- */

static void note_dropped(struct audit *a, struct slice text, const struct line *line)
{
    struct event e;
    struct slice why;
    /* behind "time":"2026-11-30T12:00:00.250Z", */
    if (!slice_starts(slice_sub(line->body, 34, SIZE_MAX), S("\"kind\":\"log.dropped\""))) return;
    arena_reset(&a->arena);
    if (event_read(text, &a->arena, &e, &why) != ST_OK || !event_has(&e, EVENT_SEGMENT)) return;
    a->dropped_said = e.number[EVENT_SEGMENT];
}

/* Records that should have come before this one, or it comes too late. True: it is the next now. */
static bool settle_place(struct audit *a, const struct line *line, uint64_t at)
{
    if (a->broken && line->n > a->next)
        tell(a, AUDIT_CHANGED, a->next, line->n - 1, a->broken_at, "it cannot be read");
    else if (a->broken)
        tell(a, AUDIT_ADDED, 1, 0, a->broken_at, "bytes %llu to %llu are no record",
             (unsigned long long)a->broken_at, (unsigned long long)at);
    else if (line->n > a->next)
        tell(a, AUDIT_MISSING, a->next, line->n - 1, at, "record %llu follows",
             (unsigned long long)line->n);
    if (line->n < a->next)
        tell(a, AUDIT_ORDER, line->n, line->n, at, "it stands behind record %llu",
             (unsigned long long)a->next - 1);
    a->tainted = a->tainted || a->broken || line->n != a->next;
    a->broken = false;
    return line->n >= a->next;
}

static enum st take(struct audit *a, struct slice text, uint64_t at)
{
    struct line line;
    struct merkle_hash leaf;
    enum line_end end = line_read(text, &line);
    if (end == LINE_CHANGED) {
        tell(a, AUDIT_CHANGED, a->next, a->next, at, "its checksum does not hold");
        a->tainted = true;
        line.n = a->next;
    } else if (end == LINE_BROKEN) {
        if (!a->broken) a->broken_at = at;
        a->broken = true;
        return ST_OK;
    } else if (line.n != a->next || a->broken) {
        if (!settle_place(a, &line, at)) return ST_OK;
    }
    if (!a->r->bytes) a->r->first = line.n;
    a->next = line.n;
    enum st st = pass_heads(a); /* those of what is missing */
    if (!a->tainted) {
        merkle_leaf(text, &leaf);
        merkle_add(&a->tree, &leaf);
        note_dropped(a, text, &line);
    }
    a->next = line.n + 1;
    a->r->bytes += text.n + 1;
    meet_held(a);
    return st == ST_OK ? pass_heads(a) : st;
}

/* The segment is over; its checkpoints may speak of more. */
static enum st miss_rest(struct audit *a, uint64_t size)
{
    struct head h = {0};
    char when[32];
    enum st st = ST_OK;
    for (; st == ST_OK && a->has_head; st = next_head(a)) h = a->head;
    if (!h.tree.size) return st;
    tell(a, a->broken ? AUDIT_CHANGED : AUDIT_MISSING, a->next, h.tree.size - 1, size,
         a->broken ? "what stands in their place cannot be read (signed at %s)"
                   : "they were signed at %s",
         say_time(h.time_ms, when));
    a->broken = false;
    a->tainted = true;
    go_on_from(a, &h);
    return st;
}

/* Is this what a writer leaves that is killed while it writes a checkpoint? Six lines, an empty
 * one, and below the signature nothing else. */
static bool is_torn_head(struct audit *a, struct slice rest)
{
    struct head h;
    struct slice why;
    size_t gap = slice_find(rest, S("\n\n"));
    size_t lines = 0;
    for (size_t i = 0; i < rest.n && i < gap; i++) lines += rest.p[i] == '\n';
    if (gap == SIZE_MAX) return lines <= HEAD_LINES;
    if (lines != HEAD_LINES - 1) return false;
    struct slice below = slice_sub(rest, gap + 2, rest.n);
    size_t line = slice_find_byte(below, '\n');
    if (line == SIZE_MAX) return true;
    arena_reset(&a->arena);
    return line + 1 == below.n && head_read(rest, a->o->key, &a->arena, &h, &why) == ST_OK;
}

static void end_segment(struct audit *a, enum lines_end end, struct slice rest, bool last)
{
    if (a->broken) {
        tell(a, AUDIT_ADDED, 1, 0, a->broken_at, "from byte %llu on there is no record",
             (unsigned long long)a->broken_at);
        a->tainted = true;
    }
    bool torn = end == LINES_TORN;
    if (torn && last && !a->sealed)
        a->r->torn = rest.n;
    else if (torn)
        tell(a, AUDIT_ADDED, 1, 0, a->lines.at, "there are bytes behind its last record");
    if (!last && !a->sealed) tell(a, AUDIT_CHECKPOINT, 1, 0, 0, "its sealed checkpoint is missing");
    if (a->sealed && a->checked != a->next)
        tell(a, AUDIT_ADDED, a->checked, a->next - 1, 0, "they stand behind its sealed end");
    bool torn_head = last && !a->sealed && is_torn_head(a, a->sig_rest);
    if (a->sig_rest.n && !torn_head)
        tell(a, AUDIT_CHECKPOINT, 1, 0, 0,
             "behind its last whole checkpoint there are %zu bytes that are none", a->sig_rest.n);
}

static enum st read_records(struct audit *a, int fd, bool last)
{
    struct slice text = S("");
    enum lines_end end;
    lines_start(&a->lines, a->folder.io, fd, 0);
    enum st st = pass_heads(a); /* a checkpoint over nothing new */
    for (uint64_t at = 0; st == ST_OK; at = a->lines.at) {
        end = lines_next(&a->lines, &text);
        if (end == LINES_OK) st = take(a, text, at);
        if (end == LINES_LONG) {
            if (!a->broken) a->broken_at = at;
            a->broken = true;
        }
        if (end != LINES_OK && end != LINES_LONG) break;
    }
    if (st != ST_OK) return st;
    if (end == LINES_IO || end == LINES_NOMEM) return end == LINES_IO ? ST_IO : ST_NOMEM;
    st = miss_rest(a, a->lines.at + text.n);
    if (st == ST_OK) end_segment(a, end, end == LINES_TORN ? text : S(""), last);
    return st;
}

/* ---- segments ---- */

/* Only its sealed checkpoint is left: retention, which takes the oldest, or somebody took the
 * records away. */
static enum st pass_gone(struct audit *a)
{
    struct head h = {0};
    enum st st = ST_OK;
    for (; st == ST_OK && a->has_head; st = next_head(a)) h = a->head;
    if (st != ST_OK) return st;
    bool sound = h.sealed && h.tree.size > a->next;
    if (!sound) tell(a, AUDIT_CHECKPOINT, 1, 0, 0, "its sealed checkpoint is missing");
    if (a->r->segments || !sound)
        tell(a, AUDIT_MISSING, a->next, sound ? h.tree.size - 1 : a->next, 0,
             "the segment's records are missing");
    else
        a->gone_to = a->segment;
    a->tainted = !sound;
    if (!sound) return st;
    go_on_from(a, &h);
    meet_held(a);
    return st;
}

static enum st load_sig(struct audit *a)
{
    char name[SEGMENT_NAME];
    folder_name(a->segment, "sig", name);
    buf_reset(&a->sig);
    a->sealed = a->broken = false;
    a->sig_number = 0;
    if (!log_load(a->folder.io, a->folder.fd, name, SIGS_MAX, &a->sig) && errno != ENOENT)
        return errno == ENOMEM ? ST_NOMEM : ST_IO;
    a->sig_rest = buf_slice(&a->sig);
    return next_head(a);
}

static enum st check_segment(struct audit *a, const struct segment *s, bool last)
{
    char name[SEGMENT_NAME];
    a->segment = s->number;
    enum st st = load_sig(a);
    if (st != ST_OK) return st;
    if (!s->log && !last) return pass_gone(a);
    folder_name(s->number, "log", name);
    int fd = s->log ? log_file_open(a->folder.io, a->folder.fd, name, O_RDONLY) : -1;
    if (fd < 0 && s->log) return ST_IO;
    if (fd < 0) return miss_rest(a, 0);
    a->r->segments++;
    st = read_records(a, fd, last);
    int why = errno;
    close(fd);
    errno = why;
    return st;
}

static void miss_segments(struct audit *a, uint64_t from, uint64_t to)
{
    a->segment = from;
    a->tainted = true;
    if (from == to)
        tell(a, AUDIT_MISSING, 1, 0, 0, "the whole segment is missing");
    else
        tell(a, AUDIT_MISSING, 1, 0, 0, "the segments up to %llu are missing",
             (unsigned long long)to);
}

/* Segments without records at the beginning: is there a signed word of retention about them? */
static void judge_gone(struct audit *a)
{
    a->r->dropped = a->gone_to < a->dropped ? a->gone_to : a->dropped;
    if (a->gone_to <= a->dropped) return;
    a->segment = a->gone_to;
    tell(a, AUDIT_MISSING, 1, 0, 0,
         "the records of segments up to this one are missing, and no signed record says that they "
         "were dropped");
}

static void judge_held(struct audit *a)
{
    char when[32];
    a->segment = 0;
    if (!a->has_held || a->met_held) return;
    say_time(a->held.time_ms, when);
    if (a->held.tree.size > a->next)
        tell(a, AUDIT_CUT_BACK, a->next, a->held.tree.size - 1, 0,
             "the checkpoint of %s that was given speaks of %llu records", when,
             (unsigned long long)a->held.tree.size);
    else
        tell(a, AUDIT_CUT_BACK, 1, 0, 0,
             "the checkpoint of %s that was given (%llu records) cannot be compared any more", when,
             (unsigned long long)a->held.tree.size);
}

static enum st check_all(struct audit *a)
{
    enum st st = ST_OK;
    uint64_t expected = 1;
    meet_held(a);
    for (size_t i = 0; st == ST_OK && i < a->folder.count; i++) {
        const struct segment *s = &a->folder.segments[i];
        if (s->number > expected) miss_segments(a, expected, s->number - 1);
        expected = s->number + 1;
        st = check_segment(a, s, i + 1 == a->folder.count);
    }
    if (st != ST_OK) return st;
    judge_gone(a);
    judge_held(a);
    a->r->records = a->next;
    a->r->unsigned_yet = a->next - a->checked;
    return st;
}

static enum st read_held(struct audit *a, struct buf *ret_why)
{
    struct slice why;
    if (!a->o->held.n) return ST_OK;
    enum st st = head_read(a->o->held, a->o->key, &a->arena, &a->held, &why);
    a->has_held = st == ST_OK;
    if (st == ST_MALFORMED) buf_printf(ret_why, "the checkpoint given: %.*s", SLICE_ARG(why));
    return st;
}

enum st audit_run(const char *path, const struct audit_options *o, struct audit_result *ret,
                  struct buf *ret_why)
{
    struct audit a = {.o = o, .r = ret};
    *ret = (struct audit_result){0};
    arena_init(&a.arena, 1u << 22, 1u << 14);
    buf_init(&a.sig, SIGS_MAX + 1);
    enum st st = read_held(&a, ret_why);
    if (st == ST_OK && !folder_open(&a.folder, path, o->io)) {
        buf_printf(ret_why, "%s: %s", path, strerror(errno));
        st = ST_IO;
    } else if (st == ST_OK) {
        st = check_all(&a);
        if (st == ST_IO)
            buf_printf(ret_why, "%s, segment %llu: %s", path, (unsigned long long)a.segment,
                       strerror(errno));
        folder_done(&a.folder);
    }
    lines_done(&a.lines);
    buf_done(&a.sig);
    arena_done(&a.arena);
    return st;
}
