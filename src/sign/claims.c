/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/claims.h"

#define FULCIO     "1.3.6.1.4.1.57264.1."
#define OLD_ISSUER FULCIO "1" /* the text itself */
#define ISSUER     FULCIO "8" /* a DER UTF8String, as all after it */

static const struct {
    const char *oid, *name;
} rows[] = {
    {FULCIO "9", "build_signer_uri"},
    {FULCIO "10", "build_signer_digest"},
    {FULCIO "11", "runner_environment"},
    {FULCIO "12", "source_repository_uri"},
    {FULCIO "13", "source_repository_digest"},
    {FULCIO "14", "source_repository_ref"},
    {FULCIO "15", "source_repository_identifier"},
    {FULCIO "16", "source_repository_owner_uri"},
    {FULCIO "17", "source_repository_owner_identifier"},
    {FULCIO "18", "build_config_uri"},
    {FULCIO "19", "build_config_digest"},
    {FULCIO "20", "build_trigger"},
    {FULCIO "21", "run_invocation_uri"},
    {FULCIO "22", "source_repository_visibility_at_signing"},
};
_Static_assert(COUNT_OF(rows) == CLAIMS_MAX, "one place for each");

static enum st wrong(const char *why, struct slice *ret_why)
{
    *ret_why = slice_str(why);
    return ST_MALFORMED;
}

/* ret->p == NULL: the certificate does not say */
static enum st read_text(struct slice leaf, const char *oid, struct arena *arena, struct slice *ret,
                         struct slice *ret_why)
{
    struct slice value = {0};
    enum st st = x509_extension(leaf, oid, arena, &value, ret_why);
    *ret = (struct slice){0};
    if (st != ST_OK || !value.p) return st;
    return x509_utf8(value, arena, ret)
               ? ST_OK
               : wrong("an extension of the certificate is not the text it should be", ret_why);
}

/* Certificates of 2022 and later have it in both ways. */
static enum st read_issuer(struct slice leaf, struct arena *arena, struct slice *ret,
                           struct slice *ret_why)
{
    struct slice old = {0};
    enum st st = read_text(leaf, ISSUER, arena, ret, ret_why);
    if (st == ST_OK) st = x509_extension(leaf, OLD_ISSUER, arena, &old, ret_why);
    if (st != ST_OK) return st;
    if (!ret->p) *ret = old;
    if (!ret->p) return wrong("the certificate names no issuer of its identity", ret_why);
    return !old.p || slice_eq(*ret, old)
               ? ST_OK
               : wrong("the certificate names two issuers of its identity", ret_why);
}

enum st claims_read(struct slice leaf, struct arena *arena, struct claims *ret,
                    struct slice *ret_why)
{
    struct x509_facts facts;
    struct claims c = {0};
    enum st st = x509_read(leaf, arena, &facts, ret_why);
    if (st == ST_OK) st = read_issuer(leaf, arena, &c.issuer, ret_why);
    for (size_t i = 0; st == ST_OK && i < COUNT_OF(rows); i++) {
        struct claim *claim = &c.list[c.count];
        claim->name = rows[i].name;
        st = read_text(leaf, rows[i].oid, arena, &claim->text, ret_why);
        c.count += claim->text.p != NULL;
    }
    if (st != ST_OK) return st;
    c.names = facts.names;
    c.name_count = facts.name_count;
    *ret = c;
    return ST_OK;
}

/* For a sentence: the first name, whatever its kind. */
static struct slice shown(const struct claims *c)
{
    return c->name_count ? c->names[0].text : S("nobody");
}

enum st claims_match(const struct claims *c, struct slice identity, struct slice issuer,
                     struct arena *arena, struct slice *ret_why)
{
    bool same = false;
    for (size_t i = 0; i < c->name_count; i++)
        same = same || (c->names[i].kind != X509_NAME_DNS && slice_eq(c->names[i].text, identity));
    if (same && slice_eq(c->issuer, issuer)) return ST_OK;
    struct slice is = same ? c->issuer : shown(c), wanted = same ? issuer : identity;
    *ret_why = arena_printf(arena, "the signer's %s is \"%.*s\", not \"%.*s\"",
                            same ? "issuer" : "identity", SLICE_ARG(is), SLICE_ARG(wanted));
    return ret_why->p ? ST_MALFORMED : ST_NOMEM;
}
