/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_rules_update.c - a bundle of rules: looked at in full, compared with what there is,
 * installed.
 */
#include "base/host.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/files.h"
#include "cli/installed.h"
#include "detect/package/advisories.h"
#include "report/words.h"
#include <errno.h>

#define PROVE_MAX (64u << 20)
#define DAY       86400

struct incoming {
    struct cli *cli;
    const char *name; /* as people call the file */
    struct buf bytes;
    struct key_trust trust;
    struct update bundle;
    const struct rules_key *key;
    struct arena arena;
};

/* ---- looking at it ---- */

static int refuse(const struct incoming *in, enum update_fault fault)
{
    cli_fail(in->cli, "%s is refused: %s\n  fix: %s", in->name, update_fault_text(fault),
             update_fault_fix(fault));
    return EXIT_GATE_FAILED;
}

/* Settings and keys; 0 or the exit code. */
static int begin(struct incoming *in, struct cli *c)
{
    struct rules_key key;
    const char *why;
    *in = (struct incoming){.cli = c};
    in->name = slice_eq(c->args[0], S("-")) ? "/dev/stdin" : cli_cstr(c, c->args[0]);
    buf_init(&in->bytes, UPDATE_MAX + 1);
    arena_init(&in->arena, PROVE_MAX, 1u << 16);
    config_load(c);
    if (config_verdict(c)) return EXIT_CANNOT;
    if (!trust_set_key(c, &key, &why) && why)
        return cli_fail(c, "--public-key %.*s: %s",
                        SLICE_ARG(setting_text(&c->settings, OPT_PUBLIC_KEY)), why);
    trust_gather(c, &in->trust);
    return 0;
}

static int look(struct incoming *in)
{
    if (!file_read(in->name, UPDATE_MAX, &in->bytes)) {
        if (errno == EFBIG) return refuse(in, UPDATE_TOO_LARGE);
        return cli_fail(in->cli, "%s: %s", in->name, strerror(errno));
    }
    enum update_fault fault =
        update_open(buf_slice(&in->bytes), in->trust.keys, in->trust.count, &in->bundle, &in->key);
    if (!fault) fault = rulebook_prove(&in->bundle, &in->arena);
    if (fault) return refuse(in, fault);
    if (in->bundle.made > host_wall_s() + DAY)
        cli_note(in->cli, "%s was made in the future: is the clock right?", in->name);
    return 0;
}

static void done(struct incoming *in)
{
    buf_done(&in->bytes);
    arena_done(&in->arena);
}

/* ---- saying what is in it ---- */

static void say_advisories(struct buf *b, const struct incoming *in)
{
    struct rulebook r = {.advisories = in->bundle.advisories};
    struct advisories a;
    char day[11];
    if (!r.advisories.p || !advisories_open(&a, r.advisories, NULL)) return;
    (void)advisories_age(&r, day);
    buf_printf(b, "  advisories of %s: ", day);
    say_count(b, a.vulnerabilities);
    buf_str(b, " vulnerabilities of ");
    say_many(b, a.packages, "package");
    buf_byte(b, '\n');
}

static void say_rules(struct buf *b, struct incoming *in)
{
    struct overlay o;
    if (overlay_read(in->bundle.rules, &in->arena, &o) || (!o.count && !o.unknown)) return;
    buf_str(b, "  changes ");
    say_many(b, o.count, "rule");
    size_t before = b->n;
    buf_str(b, ": ");
    overlay_say(b, &o);
    if (b->n == before + 2) b->n = before; /* texts only */
    buf_byte(b, '\n');
    if (o.unknown) {
        buf_str(b, "  left out, for other versions of merlon: ");
        say_many(b, o.unknown, "line");
        buf_byte(b, '\n');
    }
}

static void say_contents(struct buf *b, struct incoming *in)
{
    char day[11];
    day_of(in->bundle.made, day);
    buf_printf(b, "rules %.*s, sequence %u, made %s, signed by %s\n", SLICE_ARG(in->bundle.version),
               in->bundle.sequence, day, trust_name(&in->trust, in->key));
    say_advisories(b, in);
    say_rules(b, in);
    if (in->bundle.unknown_parts) {
        buf_str(b, "  left out, for other versions of merlon: ");
        say_many(b, in->bundle.unknown_parts, "part");
        buf_byte(b, '\n');
    }
}

static int print(struct incoming *in, const char *before, const char *after)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    buf_str(&b, before);
    say_contents(&b, in);
    buf_str(&b, after);
    bool ok = cli_out(buf_slice(&b));
    buf_done(&b);
    return ok ? 0 : EXIT_CANNOT;
}

int cmd_rules_verify(struct cli *c)
{
    struct incoming in;
    int code = begin(&in, c);
    if (!code) code = look(&in);
    if (!code) code = print(&in, "sound: ", "");
    done(&in);
    return code;
}

/* ---- comparing and installing ---- */

enum compared { NEWER, SAME, OLDER };

static enum compared compare(const struct incoming *in, const struct update *there)
{
    char ours[65], theirs[65];
    update_name(&in->bundle, ours);
    update_name(there, theirs);
    if (strcmp(ours, theirs) == 0) return SAME;
    if (memcmp(in->bundle.key_id, there->key_id, KEY_ID_BYTES) == 0)
        return in->bundle.sequence > there->sequence ? NEWER : OLDER;
    return in->bundle.made > there->made ? NEWER : OLDER;
}

/* A bundle that is there and broken is in nobody's way. */
static bool installed(struct incoming *in, struct update *ret)
{
    struct slice bytes;
    const struct rules_key *key;
    return installed_read(in->cli, &bytes) && bytes.p &&
           update_open(bytes, in->trust.keys, in->trust.count, ret, &key) == UPDATE_OK;
}

static int refuse_older(const struct incoming *in, const struct update *there)
{
    char day[11];
    day_of(there->made, day);
    cli_fail(in->cli,
             "%s is refused: it is not newer than the installed one (sequence %u of %s)\n"
             "  fix: fetch the newest; --allow-older goes back on purpose",
             in->name, there->sequence, day);
    return EXIT_GATE_FAILED;
}

static int say_nothing_newer(const struct incoming *in)
{
    cli_note(in->cli, "nothing to install: %s holds rules %.*s, this program has %s", in->name,
             SLICE_ARG(in->bundle.version), rules_version);
    return 0;
}

static int install(struct incoming *in)
{
    struct cli *c = in->cli;
    bool lasts = trust_lasts(c, &in->trust, in->key);
    if (!installed_put(c, buf_slice(&in->bytes), lasts ? in->key : NULL))
        return cli_fail(c,
                        "%s cannot be written: %s\n  fix: set XDG_CACHE_HOME to a folder of yours",
                        installed_path(c), strerror(errno));
    if (setting_on(&c->settings, OPT_QUIET)) return 0;
    struct slice where = arena_printf(
        &c->arena, "in %s; without this file the rules of the program hold\n", installed_path(c));
    return print(in, "installed ", cli_cstr(c, where));
}

static int update(struct incoming *in)
{
    struct update there;
    bool older = setting_on(&in->cli->settings, OPT_ALLOW_OLDER);
    if (version_order(in->bundle.version, slice_str(rules_version)) <= 0)
        return say_nothing_newer(in);
    if (installed(in, &there) && !older && compare(in, &there) == OLDER)
        return refuse_older(in, &there);
    return install(in);
}

int cmd_rules_update(struct cli *c)
{
    struct incoming in;
    int code = begin(&in, c);
    if (!code) code = look(&in);
    if (!code) code = update(&in);
    done(&in);
    return code;
}
