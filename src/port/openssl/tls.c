/* SPDX-License-Identifier: Apache-2.0 */
/* tls.c - contexts hold what is read once (keys, roots); connections are cheap.
 * A server with several certificates keeps one SSL_CTX for each: the first is asked, and its
 * callback turns to the one whose certificate is for the name that the client asked for (SNI). */
#include "port/openssl/tls.h"
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

struct tls_context {
    SSL_CTX *of[TLS_CERTIFICATES_MAX];
    size_t count;
};

struct tls {
    SSL *ssl;
    char why[200];
};

/* ---- contexts ---- */

static void say_error(struct buf *why, const char *what, const char *file)
{
    unsigned long e = ERR_peek_last_error();
    const char *reason = e ? ERR_reason_error_string(e) : NULL;
    buf_printf(why, "%s%s%s: %s", what, file ? " " : "", file ? file : "",
               reason ? reason : "not understood");
    ERR_clear_error();
}

static bool complain(struct buf *why, const char *what, const char *file)
{
    say_error(why, what, file);
    return false;
}

static bool load_certificate(SSL_CTX *c, const struct tls_certificate *files, struct buf *why)
{
    if (SSL_CTX_use_certificate_chain_file(c, files->chain) != 1)
        return complain(why, "certificate", files->chain);
    if (SSL_CTX_use_PrivateKey_file(c, files->key, SSL_FILETYPE_PEM) != 1)
        return complain(why, "key", files->key);
    if (SSL_CTX_check_private_key(c) == 1) return true;
    buf_printf(why, "key %s is not of certificate %s", files->key, files->chain);
    ERR_clear_error();
    return false;
}

/* Clients are told whose certificates will do. */
static bool load_names(SSL_CTX *c, const char *ca, struct buf *why)
{
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(ca);
    if (!names) return complain(why, "CA", ca);
    SSL_CTX_set_client_CA_list(c, names);
    return true;
}

static bool load_trust(SSL_CTX *c, const struct tls_setup *s, struct buf *why)
{
    int how = s->server && !s->ca ? SSL_VERIFY_NONE : SSL_VERIFY_PEER;
    if (s->server && s->required) how |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(c, how, NULL);
    if (s->ca && SSL_CTX_load_verify_file(c, s->ca) != 1) return complain(why, "CA", s->ca);
    if (s->server && s->ca && !load_names(c, s->ca, why)) return false;
    if (s->system_roots && !s->server && SSL_CTX_set_default_verify_paths(c) != 1)
        return complain(why, "the system's roots", NULL);
    return true;
}

/* http/1.1 or nothing: a client that insists on another protocol is told so at once. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *n,
                           const unsigned char *in, unsigned in_n, void *ctx)
{
    static const unsigned char ours[] = "\x08http/1.1";
    (void)ssl;
    (void)ctx;
    for (unsigned i = 0; i < in_n; i += in[i] + 1u) {
        if (in[i] != 8 || in_n - i < 9 || memcmp(in + i + 1, ours + 1, 8) != 0) continue;
        *out = in + i + 1;
        *n = 8;
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static int choose_certificate(SSL *ssl, int *alert, void *ctx)
{
    struct tls_context *all = ctx;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    (void)alert;
    for (size_t i = 0; name && i < all->count; i++) {
        if (X509_check_host(SSL_CTX_get0_certificate(all->of[i]), name, 0, 0, NULL) != 1) continue;
        return SSL_set_SSL_CTX(ssl, all->of[i]) ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    return SSL_TLSEXT_ERR_OK;
}

static void settle_server(SSL_CTX *c, struct tls_context *all)
{
    static const unsigned char session[] = "merlon";
    SSL_CTX_set_alpn_select_cb(c, choose_protocol, NULL);
    SSL_CTX_set_tlsext_servername_callback(c, choose_certificate);
    SSL_CTX_set_tlsext_servername_arg(c, all);
    SSL_CTX_set_session_id_context(c, session, sizeof session - 1);
    /* tickets resume sessions without memory here; keys are made anew with every context */
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
}

static SSL_CTX *new_context(const struct tls_setup *s, struct tls_context *all)
{
    static const unsigned char http[] = "\x08http/1.1";
    SSL_CTX *c = SSL_CTX_new(s->server ? TLS_server_method() : TLS_client_method());
    if (!c) return NULL;
    SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
    SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
    if (s->server)
        settle_server(c, all);
    else
        (void)SSL_CTX_set_alpn_protos(c, http, sizeof http - 1);
    return c;
}

static bool add_context(struct tls_context *all, const struct tls_setup *s,
                        const struct tls_certificate *files, struct buf *why)
{
    SSL_CTX *c = new_context(s, all);
    if (!c) return complain(why, "TLS", NULL);
    all->of[all->count++] = c;
    return (!files || load_certificate(c, files, why)) && load_trust(c, s, why);
}

struct tls_context *tls_context_new(const struct tls_setup *s, struct buf *why)
{
    struct tls_context *all = calloc(1, sizeof *all);
    bool ok = all && s->count <= TLS_CERTIFICATES_MAX && (s->count || !s->server);
    for (size_t i = 0; ok && i < (s->count ? s->count : 1); i++)
        ok = add_context(all, s, s->count ? &s->certificates[i] : NULL, why);
    if (ok) return all;
    if (!why->n) buf_str(why, "TLS: no certificate, or no memory");
    tls_context_free(all);
    return NULL;
}

void tls_context_free(struct tls_context *all)
{
    for (size_t i = 0; all && i < all->count; i++) SSL_CTX_free(all->of[i]);
    free(all);
}

/* ---- connections ---- */

/* An address is compared with the certificate's addresses, a name with its names; SNI is for names
 * only (RFC 6066, 3). */
static bool expect_name(SSL *ssl, const char *name)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1) return true;
    ERR_clear_error();
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

struct tls *tls_new(struct tls_context *all, int fd, const char *name)
{
    struct tls *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    t->ssl = SSL_new(all->of[0]);
    if (t->ssl && SSL_set_fd(t->ssl, fd) == 1 && (!name || expect_name(t->ssl, name))) {
        if (name)
            SSL_set_connect_state(t->ssl);
        else
            SSL_set_accept_state(t->ssl);
        return t;
    }
    tls_free(t, false);
    return NULL;
}

void tls_free(struct tls *t, bool goodbye)
{
    if (!t) return;
    ERR_clear_error();
    if (goodbye && t->ssl) (void)SSL_shutdown(t->ssl);
    SSL_free(t->ssl);
    ERR_clear_error();
    free(t);
}

static void note_why(struct tls *t)
{
    long verdict = SSL_get_verify_result(t->ssl);
    unsigned long e = ERR_peek_last_error();
    const char *reason = e ? ERR_reason_error_string(e) : NULL;
    if (verdict != X509_V_OK)
        (void)snprintf(t->why, sizeof t->why, "TLS: certificate: %s",
                       X509_verify_cert_error_string(verdict));
    else
        (void)snprintf(t->why, sizeof t->why, "TLS: %s", reason ? reason : "connection lost");
}

/* An end without close_notify is a cut (RFC 8446, 6.1): TLS_FAILED, not TLS_CLOSED. */
static enum tls_step step_of(struct tls *t, int result)
{
    enum tls_step step = TLS_FAILED;
    if (result == 1) return TLS_OK;
    switch (SSL_get_error(t->ssl, result)) {
    case SSL_ERROR_WANT_READ: step = TLS_WANT_READ; break;
    case SSL_ERROR_WANT_WRITE: step = TLS_WANT_WRITE; break;
    case SSL_ERROR_ZERO_RETURN: step = TLS_CLOSED; break;
    default: note_why(t);
    }
    ERR_clear_error();
    return step;
}

enum tls_step tls_handshake(struct tls *t)
{
    ERR_clear_error();
    return step_of(t, SSL_do_handshake(t->ssl));
}

enum tls_step tls_read(struct tls *t, void *p, size_t room, size_t *ret)
{
    *ret = 0;
    return step_of(t, SSL_read_ex(t->ssl, p, room, ret));
}

enum tls_step tls_write(struct tls *t, struct slice s, size_t *ret)
{
    *ret = 0;
    return step_of(t, SSL_write_ex(t->ssl, s.p, s.n, ret));
}

void tls_finish(struct tls *t)
{
    (void)SSL_shutdown(t->ssl);
    ERR_clear_error();
}

const char *tls_why(const struct tls *t)
{
    return t->why[0] ? t->why : "TLS: connection lost";
}
