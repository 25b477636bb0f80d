/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"
#include "base/buf.h"
#include "base/host.h"
#include "base/utf8.h"
#include "cli/signals.h"
#include "finding/rules.h"
#include "report/words.h"
#include <sys/ioctl.h>

#define MS     1000000ull
#define SILENT (300 * MS) /* short scans show no line at all */
#define EVERY  (100 * MS)

void progress_start(struct progress *p, bool on)
{
    *p = (struct progress){.on = on, .started = host_now_ns()};
}

void progress_found(struct progress *p, const struct finding *f)
{
    if (!p->on) return;
    if (p->findings++ && f->severity <= p->worst) return;
    struct buf b;
    buf_init(&b, 4096);
    p->worst = f->severity;
    buf_printf(&b, "%s %s ", severity_name(f->severity), f->rule->id);
    esc_tty(&b, slice_sub(f->path, 0, 80));
    (void)snprintf(p->what, sizeof p->what, "%s", buf_text(&b));
    buf_done(&b);
}

static unsigned columns(void)
{
    struct winsize w = {0};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 20 ? w.ws_col : 80;
}

static void say_left(struct buf *b, const struct scan_progress *now, uint64_t spent)
{
    if (now->walking || !now->bytes_done || now->bytes_done >= now->bytes_known) return;
    double left = (double)spent / 1e9 * (double)(now->bytes_known - now->bytes_done) /
                  (double)now->bytes_done;
    buf_str(b, ", ");
    say_seconds(b, left < 1 ? 1 : (double)(uint64_t)left);
    buf_str(b, " left");
}

void progress_draw(struct progress *p, const struct scan_progress *now)
{
    uint64_t t = host_now_ns();
    struct buf b;
    if (!p->on || t - p->started < SILENT || t - p->drawn < EVERY) return;
    p->drawn = t;
    buf_init(&b, 4096);
    buf_str(&b, "scanning ");
    say_count(&b, now->files_done);
    buf_str(&b, " of ");
    say_count(&b, now->files_known);
    buf_str(&b, now->walking ? "+ files, " : " files, ");
    say_size(&b, now->bytes_done);
    say_left(&b, now, t - p->started);
    if (p->findings) buf_printf(&b, "   worst so far: %s", p->what);
    struct slice line = buf_slice(&b);
    line = slice_sub(line, 0, utf8_fit(line, columns() - 1));
    signals_progress(true);
    fprintf(stderr, "\r\x1b[K%.*s", SLICE_ARG(line));
    fflush(stderr);
    buf_done(&b);
}

void progress_end(struct progress *p)
{
    if (p->drawn) fputs("\r\x1b[K", stderr);
    fflush(stderr);
    signals_progress(false);
    p->on = false;
}
