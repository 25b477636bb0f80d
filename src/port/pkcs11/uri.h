/* SPDX-License-Identifier: Apache-2.0 */
/* uri.h - which key of which token, as RFC 7512 spells it:
 *     pkcs11:token=Release;object=signer;id=%01?module-path=/usr/lib/softhsm/libsofthsm2.so
 * Understood: token, manufacturer, serial, model, slot-id, object, id, type;
 * behind the ?: module-path, module-name, pin-value, pin-source. Others are refused, as a key that
 * was not meant would be used otherwise.
 * Owns: nothing.   Threads: pure.   Fails: false and a constant sentence. */
#pragma once
#include "base/slice.h"

#define PKCS11_TEXT_MAX 256

struct pkcs11_text {
    char text[PKCS11_TEXT_MAX]; /* decoded, with a terminator */
    size_t n;
    bool given;
};

struct pkcs11_uri {
    struct pkcs11_text token, manufacturer, serial, model, slot_id, object, id, type;
    struct pkcs11_text module_path, module_name, pin_value, pin_source;
};

bool pkcs11_is_uri(struct slice text);
bool pkcs11_uri_read(struct slice text, struct pkcs11_uri *ret, const char **ret_why);
