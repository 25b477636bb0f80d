/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/secrets.h"
#include "base/utf8.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Straight into its place: a growing buffer would leave copies behind. */
static bool read_into(int fd, struct secret *s)
{
    s->n = 0;
    for (;;) {
        ssize_t n = read(fd, s->bytes + s->n, SECRET_MAX - s->n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n == 0;
        s->n += (size_t)n;
        if (s->n == SECRET_MAX) return errno = EFBIG, false;
    }
}

bool secret_read(struct cli *c, struct slice file, struct secret *ret)
{
    int fd = open(cli_cstr(c, file), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    bool ok = fd >= 0 && read_into(fd, ret);
    if (!ok) cli_fail(c, "%.*s: %s", SLICE_ARG(file), strerror(errno));
    if (fd >= 0) close(fd);
    return ok;
}

static void cut_line(struct secret *s)
{
    while (s->n && (s->bytes[s->n - 1] == '\n' || s->bytes[s->n - 1] == '\r')) s->n--;
}

static bool read_line(int fd, struct secret *s)
{
    s->n = 0;
    while (s->n < SECRET_MAX) {
        ssize_t n = read(fd, s->bytes + s->n, 1);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        if (s->bytes[s->n++] == '\n') return true;
    }
    return false;
}

/* From the terminal itself: standard input may be something else. */
static bool ask(struct slice what, struct secret *ret)
{
    struct termios was, quiet;
    struct buf b;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || tcgetattr(fd, &was)) {
        if (fd >= 0) close(fd);
        return false;
    }
    quiet = was;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    buf_init(&b, 4096);
    buf_str(&b, "password of ");
    esc_tty(&b, what);
    buf_str(&b, ": ");
    (void)!write(fd, b.p, b.n);
    bool ok = tcsetattr(fd, TCSAFLUSH, &quiet) == 0 && read_line(fd, ret);
    (void)tcsetattr(fd, TCSAFLUSH, &was);
    (void)!write(fd, "\n", 1);
    buf_done(&b);
    close(fd);
    return ok;
}

bool secret_password(struct cli *c, struct slice what, struct secret *ret)
{
    struct slice file = setting_text(&c->settings, OPT_PASSWORD_FILE);
    const char *given = getenv("MERLON_KEY_PASSWORD");
    if (file.n) {
        if (!secret_read(c, file, ret)) return false;
    } else if (given && strlen(given) < SECRET_MAX) {
        ret->n = strlen(given);
        memcpy(ret->bytes, given, ret->n);
    } else if (!ask(what, ret)) {
        return cli_fail(c,
                        "%.*s needs a password, and there is no terminal to ask\n"
                        "  see: --password-file, MERLON_KEY_PASSWORD",
                        SLICE_ARG(what)),
               false;
    }
    cut_line(ret);
    return true;
}

void secret_wipe(struct secret *s)
{
    explicit_bzero(s, sizeof *s);
}
