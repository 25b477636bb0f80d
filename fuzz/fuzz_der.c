/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_der.c - whatever goes to OpenSSL as DER or PEM: certificates, SCTs, lists of revoked ones,
 * time stamps, keys. Nothing of it is trusted by these roots. */
#include "fuzz.h"
#include "port/openssl/sct.h"
#include "port/openssl/signature.h"
#include "port/openssl/timestamp.h"
#include <stdlib.h>

static void must_say(enum st st, struct slice why)
{
    if (st == ST_MALFORMED && !why.n) abort();
}

static void certificate(struct slice in, struct arena *arena)
{
    struct x509_facts facts;
    struct x509_path path;
    struct sct sct;
    const char *oid = "1.3.6.1.4.1.57264.1.8";
    struct slice value, why = {0}, one[] = {in};
    struct x509 *x = NULL;
    struct x509_ask ask = {.helpers = {one, 1}, .at = 1767225600, .now = 1767225600};
    (void)x509_utf8(in, arena, &value);
    must_say(x509_facts_of(in, arena, &facts, &why), why);
    if (x509_open(in, arena, &x, &why) != ST_OK) return;
    must_say(x509_extensions(x, &oid, 1, arena, &value, &why), why);
    must_say(sct_read(x, in, arena, &sct, &why), why);
    if (x509_chain(x, &ask, arena, &path, &why) == ST_OK) abort(); /* no anchor, no chain */
    ask.anchors = ask.helpers;
    ask.crls = ask.helpers;
    must_say(x509_chain(x, &ask, arena, &path, &why), why);
    x509_close(x);
}

static void timestamp(struct slice in, struct arena *arena)
{
    int64_t at;
    struct slice why = {0}, one[] = {in};
    const struct x509_list none = {0}, chain = {one, 1};
    must_say(timestamp_time(in, arena, &at, &why), why);
    if (timestamp_check(in, S("message"), &none, arena, &why) == ST_OK) abort();
    must_say(timestamp_check(in, S("message"), &chain, arena, &why), why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct x509_list list;
    struct slice why = {0}, in = slice_of(data, size);
    arena_init(&arena, 16u << 20, 4096);
    certificate(in, &arena);
    timestamp(in, &arena);
    must_say(x509_certificates(in, &arena, &list, &why), why);
    must_say(x509_crls(in, &arena, &list, &why), why);
    if (signature_check(in, SIGNATURE_BY_KEY, S("signature"), S("")) == ST_OK) abort();
    arena_done(&arena);
    return 0;
}
