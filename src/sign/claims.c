/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/claims.h"

#define FULCIO     "1.3.6.1.4.1.57264.1."
#define OLD_ISSUER FULCIO "1" /* the text itself */
#define ISSUER     FULCIO "8" /* a DER UTF8String, as all after it */

static const char *const oids[] = {
    OLD_ISSUER,  ISSUER,      FULCIO "9",  FULCIO "10", FULCIO "11", FULCIO "12",
    FULCIO "13", FULCIO "14", FULCIO "15", FULCIO "16", FULCIO "17", FULCIO "18",
    FULCIO "19", FULCIO "20", FULCIO "21", FULCIO "22",
};
static const char *const names[] = {
    "build_signer_uri",
    "build_signer_digest",
    "runner_environment",
    "source_repository_uri",
    "source_repository_digest",
    "source_repository_ref",
    "source_repository_identifier",
    "source_repository_owner_uri",
    "source_repository_owner_identifier",
    "build_config_uri",
    "build_config_digest",
    "build_trigger",
    "run_invocation_uri",
    "source_repository_visibility_at_signing",
};
enum { AT_OLD_ISSUER, AT_ISSUER, AT_CLAIMS }; /* places in oids; from there on as in names */
_Static_assert(COUNT_OF(names) == CLAIMS_MAX, "one place for each");
_Static_assert(COUNT_OF(oids) == AT_CLAIMS + CLAIMS_MAX, "a name for each");

static enum st wrong(const char *why, struct slice *ret_why)
{
    *ret_why = slice_str(why);
    return ST_MALFORMED;
}

/* ret->p == NULL: the certificate does not say */
static enum st read_text(struct slice value, struct arena *arena, struct slice *ret,
                         struct slice *ret_why)
{
    *ret = (struct slice){0};
    if (!value.p || x509_utf8(value, arena, ret)) return ST_OK;
    return wrong("an extension of the certificate is not the text it should be", ret_why);
}

/* Certificates of 2022 and later have it in both ways. */
static enum st read_issuer(struct slice old, struct slice value, struct arena *arena,
                           struct slice *ret, struct slice *ret_why)
{
    enum st st = read_text(value, arena, ret, ret_why);
    if (st != ST_OK) return st;
    if (!ret->p) *ret = old;
    if (!ret->p) return wrong("the certificate names no issuer of its identity", ret_why);
    return !old.p || slice_eq(*ret, old)
               ? ST_OK
               : wrong("the certificate names two issuers of its identity", ret_why);
}

enum st claims_read(const struct x509 *leaf, const struct x509_facts *facts, struct arena *arena,
                    struct claims *ret, struct slice *ret_why)
{
    struct slice values[COUNT_OF(oids)];
    struct claims c = {.names = facts->names, .name_count = facts->name_count};
    enum st st = x509_extensions(leaf, oids, COUNT_OF(oids), arena, values, ret_why);
    if (st == ST_OK)
        st = read_issuer(values[AT_OLD_ISSUER], values[AT_ISSUER], arena, &c.issuer, ret_why);
    for (size_t i = 0; st == ST_OK && i < CLAIMS_MAX; i++) {
        struct claim *claim = &c.list[c.count];
        claim->name = names[i];
        st = read_text(values[AT_CLAIMS + i], arena, &claim->text, ret_why);
        c.count += claim->text.p != NULL;
    }
    if (st == ST_OK) *ret = c;
    return st;
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
