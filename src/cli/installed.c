/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/installed.h"
#include "base/fd.h"
#include "base/host.h"
#include "cli/files.h"
#include "cli/last.h"
#include "policy/ignore.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define KEY_FILE_MAX 4096u
#define SAID_MAX     6u /* rules by name in one sentence */

static const char *path_of(struct cli *c, const char *name)
{
    const char *folder = cache_path(c);
    return folder ? cli_cstr(c, cli_join(c, slice_str(folder), slice_str(name))) : "";
}

const char *installed_path(struct cli *c)
{
    return path_of(c, "rules.bundle");
}

/* ---- reading ---- */

/* What stands there may be anything: a pipe must not be waited for. */
static bool read_plain(const char *path, size_t most, bool own, struct buf *out)
{
    struct stat sb;
    int fd = *path ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW) : -1;
    if (fd < 0) {
        if (!*path) errno = ENOENT;
        return false;
    }
    bool ok = fstat(fd, &sb) == 0;
    if (ok && !S_ISREG(sb.st_mode)) ok = (errno = EINVAL, false);
    if (ok && own && (sb.st_uid != geteuid() || sb.st_mode & 022)) ok = (errno = EPERM, false);
    ok = ok && fd_read(fd, most, out);
    int saved = errno;
    close(fd);
    errno = saved;
    return ok;
}

bool installed_read(struct cli *c, struct slice *ret_bytes)
{
    struct buf b;
    buf_init(&b, UPDATE_MAX + 1);
    bool ok = read_plain(installed_path(c), UPDATE_MAX, false, &b);
    int saved = errno;
    if (ok) *ret_bytes = arena_copy(&c->arena, buf_slice(&b));
    buf_done(&b);
    errno = saved;
    return ok;
}

/* ---- keys ---- */

bool trust_set_key(struct cli *c, struct rules_key *ret, const char **ret_why)
{
    struct slice file = setting_text(&c->settings, OPT_PUBLIC_KEY);
    struct buf b;
    *ret_why = NULL;
    if (!file.n) return false;
    buf_init(&b, KEY_FILE_MAX + 1);
    if (!file_read(cli_cstr(c, file), KEY_FILE_MAX, &b))
        *ret_why = errno == EFBIG ? "this is no key" : strerror(errno);
    else if (!key_read(buf_slice(&b), ret))
        *ret_why = "this is no Ed25519 public key (PEM, as openssl pkey -pubout writes it)";
    buf_done(&b);
    return !*ret_why;
}

static bool remembered(struct cli *c, struct rules_key *ret)
{
    struct buf b;
    buf_init(&b, KEY_FILE_MAX + 1);
    bool ok =
        read_plain(path_of(c, "rules.key"), KEY_FILE_MAX, true, &b) && key_read(buf_slice(&b), ret);
    buf_done(&b);
    return ok;
}

static void add(struct key_trust *t, const struct rules_key *key, enum trust_source from,
                const char *name)
{
    t->keys[t->count] = *key;
    t->from[t->count] = from;
    t->names[t->count++] = name;
}

void trust_gather(struct cli *c, struct key_trust *ret)
{
    struct rules_key key;
    const char *why;
    *ret = (struct key_trust){.count = 0};
    if (key_release(&key)) add(ret, &key, TRUST_RELEASE, "the release key");
    if (trust_set_key(c, &key, &why))
        add(ret, &key, TRUST_SET, cli_cstr(c, setting_text(&c->settings, OPT_PUBLIC_KEY)));
    if (remembered(c, &key))
        add(ret, &key, TRUST_REMEMBERED, "the key that was named at an earlier update");
}

static bool is_from(const struct key_trust *t, const struct rules_key *key, enum trust_source from)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->from[i] == from && key_same(&t->keys[i], key)) return true;
    return false;
}

bool trust_lasts(const struct cli *c, const struct key_trust *t, const struct rules_key *key)
{
    bool named = c->settings.of[OPT_PUBLIC_KEY].origin == ORIGIN_OPTION;
    if (is_from(t, key, TRUST_RELEASE)) return false;
    return is_from(t, key, TRUST_REMEMBERED) || (named && is_from(t, key, TRUST_SET));
}

const char *trust_name(const struct key_trust *t, const struct rules_key *key)
{
    for (size_t i = 0; i < t->count; i++)
        if (key_same(&t->keys[i], key)) return t->names[i];
    return "an unknown key";
}

/* ---- in use ---- */

void installed_load(struct cli *c, struct rulebook *ret)
{
    struct slice bytes;
    struct key_trust trust;
    rulebook_own(ret);
    if (!installed_read(c, &bytes)) {
        bool absent = errno == ENOENT || errno == ENOTDIR;
        if (!absent) ret->fault = errno == EFBIG ? UPDATE_TOO_LARGE : UPDATE_UNREADABLE;
    } else if (!bytes.p) {
        ret->fault = UPDATE_NO_MEMORY;
    } else {
        trust_gather(c, &trust);
        rulebook_of(bytes, trust.keys, trust.count, &c->arena, ret);
    }
}

void installed_warn(const struct cli *c, const struct rulebook *r)
{
    if (!r->fault) return;
    cli_note(c,
             "the installed update of rules is not used (%s); merlon rules update installs another",
             update_fault_text(r->fault));
}

static bool remember(struct cli *c, const struct rules_key *key)
{
    const char *path = path_of(c, "rules.key");
    char hex[66];
    if (!key) return unlink(path) == 0 || errno == ENOENT;
    key_hex(key, hex);
    hex[64] = '\n';
    /* made anew, so that mode and owner are ours */
    return (unlink(path) == 0 || errno == ENOENT) && file_create(path, slice_of(hex, 65), 0600);
}

bool installed_put(struct cli *c, struct slice bytes, const struct rules_key *key)
{
    if (!cache_folder(c)) {
        if (!cache_path(c)) errno = ENOENT;
        return false;
    }
    return remember(c, key) && file_replace(installed_path(c), bytes);
}

/* ---- said ---- */

void day_of(int64_t wall_s, char ret_day[11])
{
    char text[21];
    host_rfc3339(wall_s, text);
    memcpy(ret_day, text, 10);
    ret_day[10] = 0;
}

int64_t advisories_age(const struct rulebook *r, char ret_day[11])
{
    uint32_t d = rulebook_snapshot(r);
    int64_t day = 0;
    (void)snprintf(ret_day, 11, "%04u-%02u-%02u", d / 10000 % 10000, d / 100 % 100, d % 100);
    if (!day_parse(slice_str(ret_day), &day)) return 0;
    return host_wall_s() / 86400 - day;
}

static void say_off(struct buf *out, const struct overlay *o)
{
    size_t n = 0;
    for (size_t i = 0; i < o->count; i++) {
        if (!o->rows[i]->off) continue;
        if (n < SAID_MAX) buf_printf(out, "%s%s", n ? ", " : "off: ", o->rows[i]->base->id);
        n++;
    }
    if (n > SAID_MAX) buf_printf(out, " and %zu more", n - SAID_MAX);
}

static bool is_moved(const struct overlay_row *row)
{
    return !row->off && row->rule.severity != row->base->severity;
}

static void say_moved(struct buf *out, const struct overlay *o)
{
    size_t n = 0;
    for (size_t i = 0; i < o->count; i++) {
        const struct overlay_row *row = o->rows[i];
        if (!is_moved(row)) continue;
        if (n < SAID_MAX)
            buf_printf(out, "%s%s %s to %s", n ? ", " : "", row->base->id,
                       severity_name(row->base->severity), severity_name(row->rule.severity));
        n++;
    }
    if (n > SAID_MAX) buf_printf(out, " and %zu more", n - SAID_MAX);
}

void overlay_say(struct buf *out, const struct overlay *o)
{
    size_t before = out->n;
    say_moved(out, o);
    size_t moved = out->n;
    if (moved > before) buf_str(out, "; ");
    size_t from = out->n;
    say_off(out, o);
    if (out->n == from) out->n = moved; /* none is off */
}
