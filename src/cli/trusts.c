/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/trusts.h"
#include "base/host.h"
#include "cli/files.h"
#include <errno.h>

#define FILE_MOST (16u << 20)

typedef bool add_fn(struct trusts *t, struct slice file, struct slice text);

/* Each file of an option, whole. */
static bool each(struct trusts *t, enum opt o, add_fn *add)
{
    const struct setting *v = &t->cli->settings.of[o];
    for (size_t i = 0; i < v->count; i++) {
        struct buf b;
        buf_init(&b, FILE_MOST);
        bool ok = file_read(cli_cstr(t->cli, v->text[i]), FILE_MOST, &b);
        if (!ok) cli_fail(t->cli, "%.*s: %s", SLICE_ARG(v->text[i]), strerror(errno));
        struct slice text = ok ? arena_copy(&t->cli->arena, buf_slice(&b)) : S("");
        buf_done(&b);
        if (!ok || !text.p || !add(t, v->text[i], text)) return false;
    }
    return true;
}

static bool add_key(struct trusts *t, struct slice file, struct slice text)
{
    const char *why = "";
    struct verify_key *k = &t->keys[t->key_count];
    if (ec_public(text, &k->key, &why) != ST_OK)
        return cli_fail(t->cli, "%.*s %s", SLICE_ARG(file), why), false;
    k->name = file;
    t->key_count++;
    return true;
}

static bool append(struct trusts *t, struct x509_list *to, const struct x509_list *more)
{
    struct slice *all = ARENA_ARRAY(&t->cli->arena, struct slice, to->count + more->count);
    if (!all) return cli_fail(t->cli, "out of memory"), false;
    for (size_t i = 0; i < to->count; i++) all[i] = to->items[i];
    for (size_t i = 0; i < more->count; i++) all[to->count + i] = more->items[i];
    *to = (struct x509_list){all, to->count + more->count};
    return true;
}

static bool add_anchors(struct trusts *t, struct slice file, struct slice text)
{
    struct x509_list list;
    struct slice why;
    if (x509_certificates(text, &t->cli->arena, &list, &why) == ST_OK)
        return append(t, &t->anchors, &list);
    return cli_fail(t->cli, "%.*s: %.*s", SLICE_ARG(file), SLICE_ARG(why)), false;
}

static bool add_crls(struct trusts *t, struct slice file, struct slice text)
{
    struct x509_list list;
    struct slice why;
    if (x509_crls(text, &t->cli->arena, &list, &why) == ST_OK) return append(t, &t->crls, &list);
    return cli_fail(t->cli, "%.*s: %.*s", SLICE_ARG(file), SLICE_ARG(why)), false;
}

static bool add_root(struct trusts *t, struct slice file, struct slice text)
{
    struct slice why;
    if (trust_read(text, &t->cli->arena, &t->root, &why) != ST_OK)
        return cli_fail(t->cli, "%.*s: %.*s", SLICE_ARG(file), SLICE_ARG(why)), false;
    t->trust.root = &t->root;
    return true;
}

static bool read_time(struct trusts *t)
{
    struct slice at = setting_text(&t->cli->settings, OPT_AT);
    t->trust.now = host_wall_s();
    t->trust.at_kind = VERIFY_AT_NOW;
    if (!at.n) return true;
    t->trust.at_kind = VERIFY_AT_START;
    if (slice_eq(at, S("signing-start"))) return true;
    t->trust.at_kind = VERIFY_AT_TIME;
    if (trust_time(at, &t->trust.at)) return true;
    return cli_fail(t->cli,
                    "--at takes signing-start or a time like 2026-11-30T12:00:00Z, not "
                    "'%.*s'",
                    SLICE_ARG(at)),
           false;
}

static bool check(struct trusts *t)
{
    const struct settings *s = &t->cli->settings;
    struct slice issuer = setting_text(s, OPT_ISSUER);
    const struct verify_trust *v = &t->trust;
    if (!v->key_count && !v->anchors.count && !v->root)
        return cli_fail(t->cli, "whose signature is expected?\n  --public-key FILE, "
                                "--certificate-chain FILE or --trusted-root FILE with --identity "
                                "and --issuer"),
               false;
    if (v->root && (!v->identity_count || !issuer.n))
        return cli_fail(t->cli, "--trusted-root needs --identity and --issuer: it is trusted by "
                                "everybody, and anybody can get a certificate from it"),
               false;
    if (!v->root && issuer.n) return cli_fail(t->cli, "--issuer needs --trusted-root"), false;
    if (v->identity_count && !v->root && !v->anchors.count)
        return cli_fail(t->cli, "--identity needs --certificate-chain or --trusted-root"), false;
    if (v->crls.count && !v->anchors.count)
        return cli_fail(t->cli, "--crl needs --certificate-chain"), false;
    return true;
}

bool trusts_read(struct trusts *t, struct cli *c)
{
    const struct settings *s = &c->settings;
    const struct setting *who = &s->of[OPT_IDENTITY];
    *t = (struct trusts){.cli = c};
    t->keys = ARENA_ARRAY(&c->arena, struct verify_key, s->of[OPT_TRUST_KEY].count + 1);
    if (!t->keys) return cli_fail(c, "out of memory"), false;
    if (!each(t, OPT_TRUST_KEY, add_key) || !each(t, OPT_CERTIFICATE_CHAIN, add_anchors) ||
        !each(t, OPT_CRL, add_crls) || !each(t, OPT_TRUSTED_ROOT, add_root) || !read_time(t))
        return false;
    t->trust.keys = t->keys;
    t->trust.key_count = t->key_count;
    t->trust.anchors = t->anchors;
    t->trust.crls = t->crls;
    t->trust.identities = who->text;
    t->trust.identity_count = who->count;
    if (who->count) t->trust.want.identity = who->text[0];
    t->trust.want.issuer = setting_text(s, OPT_ISSUER);
    return check(t);
}

void trusts_done(struct trusts *t)
{
    for (size_t i = 0; i < t->key_count; i++) ec_free(t->keys[i].key);
    t->key_count = 0;
}
