/* SPDX-License-Identifier: Apache-2.0 */
/* x509_part.h - what the files about certificates share; for this folder only. */
#pragma once
#include "port/openssl/x509.h"
#include <openssl/x509.h>
#include <openssl/x509v3.h>

struct x509 {
    X509 *x;
};

/* Before any other call: the library reads no configuration of the machine (whoever may set the
 * environment must not choose providers), and does not tidy up at exit. Clears its errors. */
void openssl_begin(void);
/* NULL unless the bytes are one certificate in DER, to the last byte. X509_free() by the caller. */
X509 *x509_parse(struct slice der);
/* DER in the arena; p == NULL when memory is out. */
struct slice x509_der(const X509 *x, struct arena *arena);
struct slice x509_spki(const X509 *x, struct arena *arena); /* the same */
/* Sets the sentence; ST_MALFORMED, or ST_NOMEM when there is no room for it. */
enum st x509_refuse(struct arena *arena, struct slice *ret_why, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* A name in one line (RFC 2253); "(none)" when it is empty. */
struct slice x509_name_text(const X509_NAME *name, struct arena *arena);
/* Seconds since 1970; false when it is no time. */
bool x509_time(const ASN1_TIME *time, int64_t *ret);
