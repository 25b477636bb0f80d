/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/guard_log.h"
#include "base/utf8.h"
#include "cli/config.h"
#include "cli/recording.h"
#include <unistd.h>

#define LOCK_MS   2000u /* for a scan that records; two gateways cannot share a log */
#define GATHER_MS 5u    /* exchanges that end together are synced together */
#define DAY_MS    86400000ull

/* ---- which ---- */

static struct slice first_of(struct slice a, struct slice b)
{
    return a.n ? a : b;
}

/* Of an option, of guard.toml, else as the project has it. */
static enum writer_full full_of(const struct cli *c, const struct guard_config *g)
{
    const struct setting *s = &c->settings.of[OPT_AUDIT_FULL];
    struct slice said = setting_text(&c->settings, OPT_AUDIT_FULL);
    if (s->origin != ORIGIN_OPTION && g->log.full.n) said = g->log.full;
    return slice_eq(said, S("continue")) ? WRITER_CONTINUE : WRITER_BLOCK;
}

static bool wants_lines(const struct cli *c, const struct guard_config *g)
{
    bool said = c->settings.of[OPT_LOG_FORMAT].origin;
    return slice_eq(said ? setting_text(&c->settings, OPT_LOG_FORMAT) : g->log.lines, S("json"));
}

bool guard_log_find(struct cli *c, const struct guard_config *g, struct guard_log *ret)
{
    struct slice path = first_of(setting_text(&c->settings, OPT_GUARD_LOG), g->log.path);
    struct slice key = first_of(setting_text(&c->settings, OPT_LOG_KEY), g->log.key);
    *ret =
        (struct guard_log){.cli = c, .keep_days = g->log.keep_days, .keep_size = g->log.keep_size};
    c->json_notes = wants_lines(c, g);
    if (!path.n) {
        config_load(c);
        if (config_verdict(c)) return false;
        if (!recording_on(c)) return true;
    }
    ret->full = full_of(c, g);
    if (!ret->keep_days) ret->keep_days = c->settings.of[OPT_AUDIT_KEEP_DAYS].number;
    if (!ret->keep_size) ret->keep_size = c->settings.of[OPT_AUDIT_KEEP_SIZE].number;
    ret->folder = path.n ? cli_cstr(c, path) : recording_folder(c);
    return recording_begin_in(c, ret->folder, key.n ? cli_cstr(c, key) : NULL, &ret->key);
}

/* ---- beginning and end ---- */

static void on_trouble(void *ctx, const char *text)
{
    const struct guard_log *l = ctx;
    cli_note(l->cli, "log: %s (audit_full = \"%s\")", text,
             l->full == WRITER_BLOCK ? "block" : "continue");
}

static bool open_writer(const struct guard_config *g, struct guard_log *l)
{
    struct buf note, why;
    const struct writer_options o = {.path = l->folder,
                                     .key = &l->key,
                                     .full = l->full,
                                     .queue_bytes = recorder_queue(l->full, g->limits.connections),
                                     .gather_ms = GATHER_MS,
                                     .lock_ms = LOCK_MS,
                                     .keep_ms = l->keep_days * DAY_MS,
                                     .keep_bytes = l->keep_size,
                                     .trouble = on_trouble,
                                     .ctx = l};
    buf_init(&note, 4096);
    buf_init(&why, 8192);
    enum st st = writer_open(&o, &l->writer, &note, &why);
    if (note.n) cli_note(l->cli, "log: %swhoever wrote it before was stopped", buf_text(&note));
    if (st != ST_OK) cli_fail(l->cli, "%s", why.n ? buf_text(&why) : st_text(st));
    buf_done(&note);
    buf_done(&why);
    return st == ST_OK;
}

bool guard_log_start(const struct guard_config *g, struct guard_log *l)
{
    if (l->folder && !open_writer(g, l)) return false;
    const struct recorder_options o = {.writer = l->writer,
                                       .full = l->full,
                                       .key = l->folder ? &l->key : NULL,

                                       .lines = l->cli->json_notes ? STDERR_FILENO : -1};
    l->recorder = recorder_new(&o);
    notekey_forget(&l->key);
    if (!l->recorder) cli_fail(l->cli, "%s", st_text(ST_NOMEM));
    return l->recorder;
}

void guard_log_say(const struct guard_log *l, struct buf *out)
{
    if (!l->folder) {
        buf_str(out, "log    none   merlon init --log begins one, --log DIR keeps it elsewhere\n");
        return;
    }
    buf_str(out, "log    ");
    esc_tty(out, slice_str(l->folder));
    if (l->keep_days) buf_printf(out, "   kept %llu days", (unsigned long long)l->keep_days);
    if (l->keep_size)
        buf_printf(out, "   kept up to %llu MiB", (unsigned long long)(l->keep_size >> 20));
    if (!l->keep_days && !l->keep_size) buf_str(out, "   everything is kept");
    buf_str(out, l->full == WRITER_BLOCK ? "   when it is full: requests are refused\n"
                                         : "   when it is full: requests pass unrecorded\n");
}

bool guard_log_stop(struct guard_log *l)
{
    uint64_t lost = 0;
    recorder_free(l->recorder);
    enum st st = writer_close(l->writer, &lost);
    if (lost) cli_note(l->cli, "log: %llu exchanges are not recorded", (unsigned long long)lost);
    notekey_forget(&l->key);
    l->recorder = NULL;
    l->writer = NULL;
    return st == ST_OK;
}
