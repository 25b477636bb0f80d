/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/keys.h"
#include "cli/files.h"
#include "cli/secrets.h"
#include "port/openssl/x509.h"
#include <errno.h>

/* ---- the key ---- */

static bool open_key(struct keys *k, struct slice file, const struct secret *pem,
                     struct secret *password)
{
    const char *why = "";
    password->n = 0;
    if (ec_is_encrypted(secret_slice(pem)) && !secret_password(k->cli, file, password))
        return false;
    enum st st = ec_private(secret_slice(pem), secret_slice(password), &k->key, &why);
    if (st == ST_OK) return true;
    return cli_fail(k->cli, "%.*s %s", SLICE_ARG(file), why), false;
}

static bool read_key(struct keys *k, enum opt key)
{
    struct slice file = setting_text(&k->cli->settings, key);
    struct secret pem, password;
    if (!file.n)
        return cli_fail(k->cli,
                        "with which key? --key FILE\n  make one: openssl genpkey -algorithm "
                        "EC -pkeyopt ec_paramgen_curve:P-256 -out release.key"),
               false;
    bool ok = secret_read(k->cli, file, &pem) && open_key(k, file, &pem, &password);
    secret_wipe(&pem);
    secret_wipe(&password);
    if (ok && !ec_hint(k->key, k->hint)) return cli_fail(k->cli, "out of memory"), false;
    return ok;
}

/* ---- its certificates ---- */

static bool read_file(struct keys *k, struct slice file, struct slice *ret)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    bool ok = file_read(cli_cstr(k->cli, file), 1u << 20, &b);
    if (ok) *ret = arena_copy(&k->cli->arena, buf_slice(&b));
    if (!ok) cli_fail(k->cli, "%.*s: %s", SLICE_ARG(file), strerror(errno));
    buf_done(&b);
    return ok && ret->p;
}

static bool add_certificates(struct keys *k, struct slice file)
{
    struct slice text, why;
    struct x509_list list;
    if (!read_file(k, file, &text)) return false;
    if (x509_certificates(text, &k->cli->arena, &list, &why) != ST_OK)
        return cli_fail(k->cli, "%.*s %.*s", SLICE_ARG(file), SLICE_ARG(why)), false;
    for (size_t i = 0; i < list.count; i++) {
        if (k->chain_count == KEYS_CHAIN_MAX)
            return cli_fail(k->cli, "more than %u certificates in the chain", KEYS_CHAIN_MAX),
                   false;
        k->chain[k->chain_count++] = list.items[i];
    }
    return true;
}

/* The first certificate must be the key's: a bundle that nobody can verify is not written. */
static bool check_leaf(struct keys *k)
{
    struct x509_facts facts;
    struct slice why;
    struct ec_key *leaf = NULL;
    const char *text = "holds no key";
    if (x509_read(k->chain[0], &k->cli->arena, &facts, &why) != ST_OK)
        return cli_fail(k->cli, "the first certificate: %.*s", SLICE_ARG(why)), false;
    if (ec_spki(facts.spki, &leaf, &text) != ST_OK)
        return cli_fail(k->cli, "the first certificate %s", text), false;
    bool same = ec_same(leaf, k->key);
    ec_free(leaf);
    if (!same)
        cli_fail(k->cli,
                 "the first certificate (%.*s) is not for this key\n  the signer's own "
                 "comes first, then those between it and the root",
                 SLICE_ARG(facts.subject));
    return same;
}

static bool read_chain(struct keys *k)
{
    const struct setting *v = &k->cli->settings.of[OPT_CERTIFICATE_CHAIN];
    for (size_t i = 0; i < v->count; i++)
        if (!add_certificates(k, v->text[i])) return false;
    return !v->count || check_leaf(k);
}

/* ---- to sign with ---- */

static enum st sign_with_key(void *ctx, struct slice hash, uint8_t ret[EC_SIGNATURE_MAX],
                             size_t *ret_n, struct slice *ret_why)
{
    const struct keys *k = ctx;
    *ret_why = S("the key could not sign");
    return ec_sign(k->key, hash, ret, ret_n);
}

struct sign_signer keys_signer(const struct keys *k)
{
    return (struct sign_signer){.ctx = (void *)(uintptr_t)k,
                                .curve = ec_curve(k->key),
                                .sign = sign_with_key,
                                .hint = slice_str(k->hint),
                                .certificates = k->chain,
                                .certificate_count = k->chain_count};
}

bool keys_read(struct keys *k, struct cli *c, enum opt key)
{
    *k = (struct keys){.cli = c};
    return read_key(k, key) && read_chain(k);
}

void keys_done(struct keys *k)
{
    ec_free(k->key);
    k->key = NULL;
}

/* What is there may be an earlier signature; anything else is not ours to replace. */
bool keys_may_replace(struct cli *c, struct slice file)
{
    struct buf b;
    buf_init(&b, BUNDLE_MAX);
    bool there = file_read(cli_cstr(c, file), BUNDLE_MAX, &b);
    bool ours = !b.n || slice_has(slice_sub(buf_slice(&b), 0, 65536),
                                  S("application/vnd.dev.sigstore.bundle"));
    int error = errno;
    buf_done(&b);
    if (!there && error == ENOENT) return true;
    if (setting_on(&c->settings, OPT_FORCE) || (there && ours)) return true;
    return cli_fail(c, "%.*s is there and is no signature\n  --force replaces it", SLICE_ARG(file)),
           false;
}
