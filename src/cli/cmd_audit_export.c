/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_audit_export.c - events out of the log: the last ones for people, all of them for tools. */
#include "base/host.h"
#include "base/num.h"
#include "cli/cmd_audit.h"
#include "log/place.h"
#include "log/reader.h"
#include "log/stamp.h"
#include "report/events.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define FLUSH_AT  ((size_t)1 << 20)
#define PAUSE_US  200000u
#define LINES_ALL 10u

struct wanted { /* which events */
    int64_t since_ms, until_ms;
    struct slice kind, verdict, caller; /* empty: all */
};

struct reading_out {
    struct cli *cli;
    const struct event_format *format; /* NULL: lines for people */
    struct slice name;                 /* of the log */
    struct reader reader;
    struct arena arena; /* of one event */
    struct buf out;
    int fd; /* where it goes; -1: standard output */
    struct wanted wanted;
    bool colour;
    uint64_t unreadable;
};

/* ---- which ---- */

/* "90s", "15m", "1h", "7d" before now, or a time. */
static bool read_time(struct slice text, int64_t *ret_ms)
{
    static const struct {
        uint8_t letter;
        uint64_t ms;
    } units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}};
    uint64_t n, ms;
    if (stamp_read(text, ret_ms)) return true;
    for (size_t i = 0; text.n > 1 && i < COUNT_OF(units); i++) {
        if (text.p[text.n - 1] != units[i].letter) continue;
        if (!num_u64(slice_sub(text, 0, text.n - 1), &n) || n > 100000 ||
            !num_mul(n, units[i].ms, &ms))
            return false;
        *ret_ms = host_wall_ms() - (int64_t)ms;
        return true;
    }
    return false;
}

static bool time_option(struct cli *c, enum opt o, int64_t *ret_ms)
{
    struct slice text = setting_text(&c->settings, o);
    if (!text.n || read_time(text, ret_ms)) return true;
    return cli_fail(c, "--%s takes 90s, 15m, 1h, 7d or 2026-11-30T12:00:00Z, not '%.*s'",
                    option_at(o)->name, SLICE_ARG(text)),
           false;
}

static bool is_wanted(const struct wanted *w, const struct event *e)
{
    if (e->time_ms < w->since_ms || e->time_ms >= w->until_ms) return false;
    if (w->kind.n && !slice_glob(w->kind, e->name)) return false;
    if (w->verdict.n && !slice_eq(w->verdict, e->text[EVENT_VERDICT])) return false;
    return slice_starts(e->text[EVENT_CALLER], w->caller); /* "key:a91" is enough */
}

static bool read_wanted(struct cli *c, struct wanted *w)
{
    const struct settings *s = &c->settings;
    *w = (struct wanted){.since_ms = INT64_MIN,
                         .until_ms = INT64_MAX,
                         .kind = setting_text(s, OPT_KIND),
                         .verdict = setting_text(s, OPT_VERDICT),
                         .caller = setting_text(s, OPT_CALLER)};
    return time_option(c, OPT_SINCE_TIME, &w->since_ms) &&
           time_option(c, OPT_UNTIL_TIME, &w->until_ms);
}

/* ---- where to ---- */

static bool flush(struct reading_out *r)
{
    bool ok = buf_ok(&r->out);
    if (!ok)
        cli_fail(r->cli, "out of memory");
    else if (r->fd < 0)
        ok = cli_out(buf_slice(&r->out));
    else if (!log_write_all(&log_io_system, r->fd, buf_slice(&r->out),
                            (uint64_t)lseek(r->fd, 0, SEEK_END)))
        ok = (cli_fail(r->cli, "the export: %s", strerror(errno)), false);
    buf_reset(&r->out);
    return ok;
}

static void bad(struct reading_out *r, const struct record *record, const char *why)
{
    r->unreadable++;
    cli_note(r->cli, "segment %llu, byte %llu: no sound record (%s); merlon audit verify says more",
             (unsigned long long)record->segment, (unsigned long long)record->at, why);
}

static bool take(struct reading_out *r, const struct record *record)
{
    struct event e;
    struct slice why = S("");
    struct event_source s = {r->name, record->n, record->text};
    arena_reset(&r->arena);
    enum st st = event_read(record->text, &r->arena, &e, &why);
    if (st == ST_MALFORMED) return bad(r, record, (const char *)why.p), true;
    if (st != ST_OK) return cli_fail(r->cli, "%s", st_text(st)), false;
    if (!is_wanted(&r->wanted, &e)) return true;
    if (r->format)
        r->format->write(&r->out, &e, &s);
    else
        events_line(&r->out, &e, record->n, r->colour);
    return r->out.n < FLUSH_AT || flush(r);
}

/* All that is there now. */
static bool drain(struct reading_out *r)
{
    for (;;) {
        struct record record;
        enum reader_end end = reader_next(&r->reader, &record);
        if (end == READER_END) return flush(r);
        if (end == READER_IO) return cli_fail(r->cli, "the log: %s", strerror(errno)), false;
        if (end == READER_BAD)
            bad(r, &record, "checksum or form");
        else if (!take(r, &record))
            return false;
    }
}

/* ---- begin and end ---- */

static bool begin(struct reading_out *r, struct cli *c, const char *folder)
{
    struct note_public key = {.name = ""};
    struct buf why;
    buf_init(&why, 4096);
    (void)!place_public(folder, &key, &why); /* only its name, and that may be missing */
    buf_done(&why);
    r->cli = c;
    r->name = arena_copy(&c->arena, slice_str(key.name));
    if (!reader_open(&r->reader, folder, NULL))
        return cli_fail(c, "%s: %s", folder, strerror(errno)), false;
    arena_init(&r->arena, 1u << 22, 1u << 14);
    buf_init(&r->out, FLUSH_AT * 2);
    return true;
}

static void end(struct reading_out *r)
{
    reader_done(&r->reader);
    arena_done(&r->arena);
    buf_done(&r->out);
    if (r->fd >= 0) close(r->fd);
}

/* "ocsf=siem.jsonl" */
static bool read_format(struct reading_out *r, struct cli *c)
{
    struct slice text = setting_text(&c->settings, OPT_EVENTS_AS), rest = text, name = S("jsonl");
    if (text.n) (void)slice_split(&rest, '=', &name);
    r->format = event_format_find(name);
    if (!r->format)
        return cli_fail(c, "-o takes jsonl, ocsf, csv or cef, not '%.*s'", SLICE_ARG(name)), false;
    if (!text.n || !rest.p) return true;
    r->fd = open(cli_cstr(c, rest), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
    return r->fd >= 0 || (cli_fail(c, "%.*s: %s", SLICE_ARG(rest), strerror(errno)), false);
}

int cmd_audit_export(struct cli *c)
{
    struct reading_out r = {.fd = -1};
    const char *folder = audit_folder(c, 0);
    if (!folder) return EXIT_NOTHING;
    if (!read_wanted(c, &r.wanted) || !read_format(&r, c) || !begin(&r, c, folder))
        return EXIT_CANNOT;
    if (r.format->head) r.format->head(&r.out);
    bool ok = drain(&r);
    end(&r);
    if (!ok) return EXIT_CANNOT;
    return r.unreadable ? EXIT_GATE_FAILED : EXIT_GATE_PASSED;
}

/* ---- merlon audit tail ---- */

static bool seek(struct reading_out *r, uint64_t lines)
{
    uint64_t last;
    if (!reader_last(&r->reader, &last)) return true;
    if (reader_seek(&r->reader, last + 1 > lines ? last + 1 - lines : 0)) return true;
    return cli_fail(r->cli, "the log: %s", strerror(errno)), false;
}

int cmd_audit_tail(struct cli *c)
{
    struct reading_out r = {.fd = -1, .wanted = {.since_ms = INT64_MIN, .until_ms = INT64_MAX}};
    const struct settings *s = &c->settings;
    const char *folder = audit_folder(c, 0);
    uint64_t lines = s->of[OPT_LINES].number;
    if (!folder) return EXIT_NOTHING;
    if (!begin(&r, c, folder)) return EXIT_CANNOT;
    bool json = slice_eq(setting_text(s, OPT_FORMAT), S("json"));
    r.format = json ? event_format_find(S("jsonl")) : NULL;
    r.colour = cli_colour(c, 1);
    bool ok = seek(&r, lines ? lines : LINES_ALL) && drain(&r);
    while (ok && setting_on(s, OPT_FOLLOW)) {
        (void)usleep(PAUSE_US);
        ok = drain(&r);
    }
    end(&r);
    if (!ok) return EXIT_CANNOT;
    return r.unreadable ? EXIT_GATE_FAILED : EXIT_GATE_PASSED;
}
