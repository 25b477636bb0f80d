/* SPDX-License-Identifier: Apache-2.0 */
#include "base/host.h"
#include "base/num.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "codec/jot.h"
#include "log/stamp.h"
#include <errno.h>
#include <stdarg.h>
#include <sys/ioctl.h>

/* {"time":"...","kind":"note","text":"..."} */
static void say_json(struct slice text, struct buf *out)
{
    struct jot j;
    jot_init(&j, out, 0);
    buf_str(out, "{\"time\":\"");
    stamp_write(host_wall_ms(), out);
    buf_str(out, "\",\"kind\":\"note\",\"text\":");
    jot_text(&j, text);
    buf_str(out, "}\n");
}

static void say_text(const struct cli *c, struct slice text, struct buf *out)
{
    struct slice line;
    buf_printf(out, "merlon%s%s: ", c->command ? " " : "", c->command ? c->command->name : "");
    while (slice_split(&text, '\n', &line)) {
        esc_tty(out, line); /* names in messages come from anywhere */
        buf_byte(out, '\n');
    }
}

PRINTF_LIKE(2, 0)
static void say(const struct cli *c, const char *fmt, va_list ap)
{
    char text[4096];
    struct buf b;
    int n = vsnprintf(text, sizeof text, fmt, ap);
    size_t used = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    buf_init(&b, 65536);
    if (c->json_notes)
        say_json(slice_of(text, used), &b);
    else
        say_text(c, slice_of(text, used), &b);
    fputs(buf_text(&b), stderr);
    buf_done(&b);
}

int cli_fail(const struct cli *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(c, fmt, ap);
    va_end(ap);
    return EXIT_CANNOT;
}

void cli_note(const struct cli *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(c, fmt, ap);
    va_end(ap);
}

bool cli_out(struct slice text)
{
    if (!text.n || (fwrite(text.p, 1, text.n, stdout) == text.n && fflush(stdout) == 0))
        return true;
    bool gone = errno == EPIPE;
    if (!gone) fprintf(stderr, "merlon: standard output: %s\n", strerror(errno));
    return gone;
}

static bool env_set(const char *name)
{
    const char *v = getenv(name);
    return v && *v;
}

bool cli_colour(const struct cli *c, int fd)
{
    struct slice when = setting_text(&c->settings, OPT_COLOR);
    const char *term = getenv("TERM"), *force = getenv("FORCE_COLOR");
    if (slice_eq(when, S("always"))) return true;
    if (slice_eq(when, S("never"))) return false;
    if (env_set("NO_COLOR")) return false;
    if (force && *force) return strcmp(force, "0") != 0;
    return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

unsigned cli_width(const struct cli *c)
{
    struct winsize w = {0};
    uint64_t columns = c->settings.of[OPT_WIDTH].number;
    if (!columns) (void)num_u64(slice_str(getenv("COLUMNS")), &columns);
    if (!columns && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0) columns = w.ws_col;
    if (!columns) columns = 100;
    return columns < 80 ? 80 : columns > 200 ? 200 : (unsigned)columns;
}

const char *cli_cstr(struct cli *c, struct slice s)
{
    const char *text = arena_cstr(&c->arena, s);
    return text ? text : "";
}

struct slice cli_join(struct cli *c, struct slice dir, struct slice name)
{
    const char *gap = !dir.n || slice_ends(dir, S("/")) ? "" : "/";
    struct slice s = arena_printf(&c->arena, "%.*s%s%.*s", SLICE_ARG(dir), gap, SLICE_ARG(name));
    return s.p ? s : S("");
}
