/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/keys.h"
#include "cli/files.h"
#include "port/openssl/x509.h"
#include <errno.h>

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
    if (x509_facts_of(k->chain[0], &k->cli->arena, &facts, &why) != ST_OK)
        return cli_fail(k->cli, "the first certificate: %.*s", SLICE_ARG(why)), false;
    if (ec_spki(facts.spki, &leaf, &text) != ST_OK)
        return cli_fail(k->cli, "the first certificate %s", text), false;
    bool same = ec_same(leaf, k->signer.key);
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

struct sign_signer keys_signer(const struct keys *k)
{
    return (struct sign_signer){.ctx = (void *)(uintptr_t)&k->signer,
                                .curve = ec_curve(k->signer.key),
                                .sign = signer_sign,
                                .hint = slice_str(k->signer.hint),
                                .certificates = k->chain,
                                .certificate_count = k->chain_count};
}

bool keys_read(struct keys *k, struct cli *c, enum opt key)
{
    *k = (struct keys){.cli = c};
    return signer_open(&k->signer, c, setting_text(&c->settings, key)) && read_chain(k);
}

void keys_done(struct keys *k)
{
    signer_done(&k->signer);
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
