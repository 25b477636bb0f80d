/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/signers.h"
#include "cli/secrets.h"
#include <string.h>

/* ---- a key in a file ---- */

static bool open_key(struct key_signer *s, struct slice file, const struct secret *pem,
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

static bool open_file(struct key_signer *s, struct slice file)
{
    struct secret pem, password;
    bool ok = secret_read(s->cli, file, &pem) && open_key(s, file, &pem, &password);
    secret_wipe(&pem);
    secret_wipe(&password);
    return ok;
}

/* ---- a key in a token ---- */

static bool token_failed(struct key_signer *s)
{
    return cli_fail(s->cli, "%s", s->token->why), false;
}

/* pin-source is a file, as a path or a file: URI. */
static bool read_pin(struct key_signer *s, const struct pkcs11_uri *uri, struct secret *ret)
{
    struct slice source = slice_of(uri->pin_source.text, uri->pin_source.n);
    if (uri->pin_value.given) {
        ret->n = uri->pin_value.n;
        memcpy(ret->bytes, uri->pin_value.text, ret->n);
        return true;
    }
    if (!uri->pin_source.given) return secret_password(s->cli, S("the token"), ret);
    if (slice_starts(source, S("file://"))) source = slice_sub(source, 7, source.n);
    if (slice_starts(source, S("file:"))) source = slice_sub(source, 5, source.n);
    if (!secret_read(s->cli, source, ret)) return false;
    while (ret->n && (ret->bytes[ret->n - 1] == '\n' || ret->bytes[ret->n - 1] == '\r')) ret->n--;
    return true;
}

static bool log_in(struct key_signer *s, const struct pkcs11_uri *uri)
{
    struct secret pin;
    if (!s->token->wants_pin) return true;
    bool ok = read_pin(s, uri, &pin);
    if (ok && token_login(s->token, secret_slice(&pin)) != ST_OK) ok = token_failed(s);
    secret_wipe(&pin);
    return ok;
}

static bool read_public(struct key_signer *s)
{
    const char *why = "";
    const struct token *t = s->token;
    if (!t->point_n)
        return cli_fail(s->cli, "the token holds no public key beside this private one"), false;
    if (ec_point(slice_of(t->params, t->params_n), slice_of(t->point, t->point_n), &s->key, &why) ==
        ST_OK)
        return true;
    return cli_fail(s->cli, "the token %s", why), false;
}

static bool open_token(struct key_signer *s, struct slice text)
{
    struct pkcs11_uri uri;
    const char *why = "";
    if (!pkcs11_uri_read(text, &uri, &why)) return cli_fail(s->cli, "--key %s", why), false;
    s->token = ARENA_NEW(&s->cli->arena, struct token);
    if (!s->token) return cli_fail(s->cli, "out of memory"), false;
    bool ok = token_open(s->token, &uri) == ST_OK || token_failed(s);
    ok = ok && log_in(s, &uri);
    if (ok && token_find(s->token, &uri) != ST_OK) ok = token_failed(s);
    explicit_bzero(&uri, sizeof uri);
    return ok && read_public(s);
}

/* ---- both ---- */

bool signer_open(struct key_signer *s, struct cli *c, struct slice key)
{
    *s = (struct key_signer){.cli = c};
    if (!key.n)
        return cli_fail(c, "with which key? --key FILE\n  make one: openssl genpkey -algorithm EC "
                           "-pkeyopt ec_paramgen_curve:P-256 -out release.key"),
               false;
    if (pkcs11_is_uri(key) ? !open_token(s, key) : !open_file(s, key)) return false;
    return ec_hint(s->key, s->hint) || (cli_fail(c, "out of memory"), false);
}

enum st signer_sign(void *ctx, struct slice hash, uint8_t ret[EC_SIGNATURE_MAX], size_t *ret_n,
                    struct slice *ret_why)
{
    struct key_signer *s = ctx;
    uint8_t raw[TOKEN_RAW_MAX];
    size_t n = 0;
    *ret_why = S("the key could not sign");
    if (!s->token) return ec_sign(s->key, hash, ret, ret_n);
    enum st st = token_sign(s->token, hash, raw, &n);
    if (st != ST_OK) {
        *ret_why = slice_str(s->token->why);
        return st;
    }
    st = ec_der_of_raw(slice_of(raw, n), ret, ret_n);
    /* the public half is what verifiers will use: a token that signs with another key is told */
    if (st == ST_OK && !ec_verify(s->key, hash, slice_of(ret, *ret_n))) st = ST_UNSUPPORTED;
    if (st != ST_OK) *ret_why = S("the token's signature is not by the public key that it shows");
    return st;
}

void signer_done(struct key_signer *s)
{
    ec_free(s->key);
    if (s->token) token_close(s->token);
    s->key = NULL;
    s->token = NULL;
}
