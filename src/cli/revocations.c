/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/revocations.h"
#include "base/host.h"
#include "cli/files.h"
#include "port/openssl/digest.h"
#include "sign/verify.h"
#include <errno.h>

#define LIST_MAX (16u << 20)

static bool load(struct cli *c, struct slice file, struct slice *ret)
{
    struct buf b;
    buf_init(&b, LIST_MAX);
    bool ok = file_read(cli_cstr(c, file), LIST_MAX, &b);
    if (!ok) cli_fail(c, "%.*s: %s", SLICE_ARG(file), strerror(errno));
    *ret = ok ? arena_copy(&c->arena, buf_slice(&b)) : S("");
    buf_done(&b);
    return ok && ret->p;
}

/* Are these bytes the one file that the manifest speaks for? They are not read a second time. */
static bool is_signed(const struct manifest *m, struct slice text)
{
    struct digest d;
    uint8_t raw[SHA256_BYTES];
    digest_start(&d);
    digest_add(&d, text);
    digest_finish(&d, raw);
    return m->count == 1 && m->hash == HASH_SHA256 && m->method == MANIFEST_FILES &&
           slice_eq(m->resources[0].digest, slice_of(raw, sizeof raw));
}

static bool check(struct cli *c, struct bundles *b, struct slice file, struct slice text,
                  struct ec_key *key, struct slice by)
{
    struct bundle bundle;
    struct signer signer;
    struct statement statement;
    struct slice why = S("out of memory"), place = bundle_place(c, file);
    const struct verify_key keys = {key, by};
    const struct verify_trust trust = {.keys = &keys, .key_count = 1, .now = host_wall_s()};
    enum bundles_end end = bundles_load(b, place, &bundle, &why);
    if (end == BUNDLES_TROUBLE) return false;
    enum st st = end == BUNDLES_OK ? ST_OK : ST_MALFORMED;
    if (st == ST_OK) st = verify_signer(&bundle, &trust, &c->arena, &signer, &why);
    if (st == ST_OK) st = statement_read(bundle.payload, &c->arena, &statement, &why);
    if (st == ST_OK && !is_signed(&statement.manifest, text)) {
        st = ST_MALFORMED;
        why = S("its content is not what was signed");
    }
    if (st == ST_OK) return true;
    return cli_fail(c, "%.*s: %.*s\n  merlon sign %.*s --key ROOT.key makes its signature",
                    SLICE_ARG(file), SLICE_ARG(why), SLICE_ARG(file)),
           false;
}

static bool check_by(struct cli *c, struct bundles *b, struct slice file, struct slice text,
                     struct slice by)
{
    struct slice pem;
    struct ec_key *key = NULL;
    const char *why = "";
    if (!load(c, by, &pem)) return false;
    if (ec_public(pem, &key, &why) != ST_OK)
        return cli_fail(c, "%.*s %s", SLICE_ARG(by), why), false;
    bool ok = check(c, b, file, text, key, by);
    ec_free(key);
    return ok;
}

bool revocations_read(struct cli *c, struct bundles *b, const struct revoked **ret)
{
    struct slice file = setting_text(&c->settings, OPT_REVOKED);
    struct slice by = setting_text(&c->settings, OPT_REVOKED_BY), text, why = S("out of memory");
    struct revoked *list = ARENA_NEW(&c->arena, struct revoked);
    *ret = NULL;
    if (!file.n && !by.n) return true;
    if (!file.n || !by.n)
        return cli_fail(c, "--revoked LIST and --revoked-by KEY go together: a list counts only "
                           "with the signature of a key that you name"),
               false;
    if (!list || !load(c, file, &text) || !check_by(c, b, file, text, by)) return false;
    if (revoked_read(text, &c->arena, list, &why) != ST_OK)
        return cli_fail(c, "%.*s: %.*s", SLICE_ARG(file), SLICE_ARG(why)), false;
    *ret = list;
    return true;
}
