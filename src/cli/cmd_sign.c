/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_sign.c - whose key, what is signed, where the bundle goes. */
#include "base/utf8.h"
#include "cli/bundles.h"
#include "cli/config.h"
#include "cli/files.h"
#include "cli/secrets.h"
#include "codec/jot.h"
#include "port/openssl/x509.h"
#include "report/words.h"
#include "sign/sign.h"
#include <errno.h>
#include <unistd.h>

#define CHAIN_MAX 16u

struct signing {
    struct cli *cli;
    struct slice model, file; /* what is signed, where the bundle goes */
    struct ec_key *key;
    char hint[65];
    struct slice chain[CHAIN_MAX];
    size_t chain_count;
    struct sign_options options;
    struct sign_result result;
};

/* ---- the key ---- */

static bool open_key(struct signing *s, struct slice file, const struct secret *pem,
                     struct secret *password)
{
    const char *why = "";
    password->n = 0;
    if (ec_is_encrypted(secret_slice(pem)) && !secret_password(s->cli, file, password))
        return false;
    enum st st = ec_private(secret_slice(pem), secret_slice(password), &s->key, &why);
    if (st == ST_OK) return true;
    return cli_fail(s->cli, "%.*s %s", SLICE_ARG(file), why), false;
}

static bool read_key(struct signing *s)
{
    struct slice file = setting_text(&s->cli->settings, OPT_SIGN_KEY);
    struct secret pem, password;
    if (!file.n)
        return cli_fail(s->cli,
                        "with which key? --key FILE\n  make one: openssl genpkey -algorithm "
                        "EC -pkeyopt ec_paramgen_curve:P-256 -out release.key"),
               false;
    bool ok = secret_read(s->cli, file, &pem) && open_key(s, file, &pem, &password);
    secret_wipe(&pem);
    secret_wipe(&password);
    if (ok && !ec_hint(s->key, s->hint)) return cli_fail(s->cli, "out of memory"), false;
    return ok;
}

/* ---- its certificates ---- */

static bool read_file(struct signing *s, struct slice file, struct slice *ret)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    bool ok = file_read(cli_cstr(s->cli, file), 1u << 20, &b);
    if (ok) *ret = arena_copy(&s->cli->arena, buf_slice(&b));
    if (!ok) cli_fail(s->cli, "%.*s: %s", SLICE_ARG(file), strerror(errno));
    buf_done(&b);
    return ok && ret->p;
}

static bool add_certificates(struct signing *s, struct slice file)
{
    struct slice text, why;
    struct x509_list list;
    if (!read_file(s, file, &text)) return false;
    if (x509_certificates(text, &s->cli->arena, &list, &why) != ST_OK)
        return cli_fail(s->cli, "%.*s %.*s", SLICE_ARG(file), SLICE_ARG(why)), false;
    for (size_t i = 0; i < list.count; i++) {
        if (s->chain_count == CHAIN_MAX)
            return cli_fail(s->cli, "more than %u certificates in the chain", CHAIN_MAX), false;
        s->chain[s->chain_count++] = list.items[i];
    }
    return true;
}

/* The first certificate must be the key's: a bundle that nobody can verify is not written. */
static bool check_leaf(struct signing *s)
{
    struct x509_facts facts;
    struct slice why;
    struct ec_key *leaf = NULL;
    const char *text = "holds no key";
    if (x509_read(s->chain[0], &s->cli->arena, &facts, &why) != ST_OK)
        return cli_fail(s->cli, "the first certificate: %.*s", SLICE_ARG(why)), false;
    if (ec_spki(facts.spki, &leaf, &text) != ST_OK)
        return cli_fail(s->cli, "the first certificate %s", text), false;
    bool same = ec_same(leaf, s->key);
    ec_free(leaf);
    if (!same)
        cli_fail(s->cli,
                 "the first certificate (%.*s) is not for this key\n  the signer's own "
                 "comes first, then those between it and the root",
                 SLICE_ARG(facts.subject));
    return same;
}

static bool read_chain(struct signing *s)
{
    const struct setting *v = &s->cli->settings.of[OPT_CERTIFICATE_CHAIN];
    for (size_t i = 0; i < v->count; i++)
        if (!add_certificates(s, v->text[i])) return false;
    return !v->count || check_leaf(s);
}

/* ---- the file ---- */

/* What is there may be an earlier signature; anything else is not ours to replace. */
static bool may_replace(struct signing *s)
{
    struct buf b;
    buf_init(&b, BUNDLE_MAX);
    bool there = file_read(cli_cstr(s->cli, s->file), BUNDLE_MAX, &b);
    bool ours = !b.n || slice_has(slice_sub(buf_slice(&b), 0, 65536),
                                  S("application/vnd.dev.sigstore.bundle"));
    int error = errno;
    buf_done(&b);
    if (!there && error == ENOENT) return true;
    if (setting_on(&s->cli->settings, OPT_FORCE) || (there && ours)) return true;
    return cli_fail(s->cli, "%.*s is there and is no signature\n  --force replaces it",
                    SLICE_ARG(s->file)),
           false;
}

static void read_options(struct signing *s)
{
    const struct settings *v = &s->cli->settings;
    struct sign_options *o = &s->options;
    struct slice hash = setting_text(v, OPT_HASH), compat = setting_text(v, OPT_COMPAT);
    s->model = s->cli->args[0];
    s->file = setting_text(v, OPT_SIGNATURE);
    if (!s->file.n) s->file = bundle_place(s->cli, s->model);
    o->path = cli_cstr(s->cli, s->model);
    o->own = s->file;
    o->ignored = v->of[OPT_IGNORE_PATHS].text;
    o->ignored_count = v->of[OPT_IGNORE_PATHS].count;
    o->links = setting_on(v, OPT_ALLOW_SYMLINKS);
    o->shard_size = v->of[OPT_SHARDS].number;
    o->threads = (unsigned)v->of[OPT_JOBS].number;
    o->form = slice_eq(compat, S("spec"))        ? SIGN_SPEC
              : slice_eq(compat, S("reference")) ? SIGN_REFERENCE
                                                 : SIGN_WIDELY;
    if (hash.n) (void)hash_of_name(hash, &o->hash);
}

/* ---- what was done ---- */

static void tell_json(const struct signing *s, struct buf *b)
{
    const struct manifest *m = &s->result.manifest;
    struct jot j;
    jot_init(&j, b, 2);
    jot_open(&j, '{');
    jot_pair_str(&j, "schema", "merlon.sign/1");
    jot_pair(&j, "target", s->model);
    jot_pair(&j, "bundle", s->file);
    jot_pair_num(&j, "files", s->result.files);
    jot_pair_num(&j, "bytes", s->result.bytes);
    jot_key(&j, "sha256");
    jot_raw(&j, S("\""));
    buf_hex(b, slice_of(m->root, sizeof m->root));
    buf_byte(b, '"');
    jot_pair_str(&j, "hash", hash_name(m->hash));
    jot_pair_str(&j, "method", m->method == MANIFEST_SHARDS ? "shards" : "files");
    jot_pair_str(&j, "key", s->hint);
    jot_key_open(&j, "not_covered", '[');
    for (size_t i = 0; i < s->result.note_count; i++) {
        jot_open(&j, '{');
        jot_pair(&j, "path", s->result.notes[i].path);
        jot_pair_str(&j, "why", tree_why_text(s->result.notes[i].why));
        jot_close(&j, '}');
    }
    jot_close(&j, ']');
    jot_close(&j, '}');
    buf_byte(b, '\n');
}

static void tell_text(const struct signing *s, struct buf *b)
{
    buf_str(b, "signed ");
    say_many(b, s->result.files, "file");
    buf_str(b, ", ");
    say_size(b, s->result.bytes);
    buf_str(b, "   bundle: ");
    esc_tty(b, s->file);
    buf_str(b, "   manifest sha256 ");
    buf_hex(b, slice_of(s->result.manifest.root, 32));
    buf_byte(b, '\n');
    for (size_t i = 0; i < s->result.note_count; i++) {
        buf_str(b, "not covered: ");
        esc_tty(b, s->result.notes[i].path);
        buf_printf(b, "   %s\n", tree_why_text(s->result.notes[i].why));
    }
}

static bool tell(const struct signing *s)
{
    const struct settings *v = &s->cli->settings;
    struct buf b;
    if (setting_on(v, OPT_SILENT)) return true;
    buf_init(&b, 1u << 28);
    if (slice_eq(setting_text(v, OPT_FORMAT), S("json")))
        tell_json(s, &b);
    else if (!setting_on(v, OPT_QUIET))
        tell_text(s, &b);
    bool ok = cli_out(buf_slice(&b));
    buf_done(&b);
    return ok;
}

/* ---- the run ---- */

static enum st sign_with_key(void *ctx, struct slice hash, uint8_t ret[EC_SIGNATURE_MAX],
                             size_t *ret_n, struct slice *ret_why)
{
    const struct signing *s = ctx;
    *ret_why = S("the key could not sign");
    return ec_sign(s->key, hash, ret, ret_n);
}

static bool write_bundle(struct signing *s)
{
    struct slice why = S("out of memory");
    struct buf b;
    const struct sign_signer signer = {.ctx = s,
                                       .curve = ec_curve(s->key),
                                       .sign = sign_with_key,
                                       .hint = slice_str(s->hint),
                                       .certificates = s->chain,
                                       .certificate_count = s->chain_count};
    buf_init(&b, BUNDLE_MAX);
    enum st st = sign_bundle(&s->result.manifest, s->options.form, &signer, &b, &why);
    bool written = st == ST_OK && file_write(cli_cstr(s->cli, s->file), buf_slice(&b));
    if (st != ST_OK)
        cli_fail(s->cli, "%.*s", SLICE_ARG(why));
    else if (!written)
        cli_fail(s->cli, "%.*s: %s", SLICE_ARG(s->file), strerror(errno));
    buf_done(&b);
    return written;
}

static int run(struct signing *s)
{
    struct slice why = S("out of memory");
    read_options(s);
    if (!read_key(s) || !read_chain(s) || !may_replace(s)) return EXIT_CANNOT;
    if (sign_manifest(&s->options, &s->cli->arena, &s->result, &why) != ST_OK)
        return cli_fail(s->cli, "%.*s: %.*s", SLICE_ARG(s->model), SLICE_ARG(why));
    return write_bundle(s) && tell(s) ? EXIT_GATE_PASSED : EXIT_CANNOT;
}

int cmd_sign(struct cli *c)
{
    struct signing s = {.cli = c};
    config_load(c);
    int code = config_verdict(c);
    if (!code) code = run(&s);
    ec_free(s.key);
    return code;
}
