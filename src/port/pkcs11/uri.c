/* SPDX-License-Identifier: Apache-2.0 */
#include "port/pkcs11/uri.h"
#include "base/num.h"
#include "base/st.h"
#include <stddef.h>

#define SCHEME "pkcs11:"

static const struct attribute {
    const char *name;
    size_t offset;
    bool query; /* stands behind the ? */
} attributes[] = {
    {"token", offsetof(struct pkcs11_uri, token), false},
    {"manufacturer", offsetof(struct pkcs11_uri, manufacturer), false},
    {"serial", offsetof(struct pkcs11_uri, serial), false},
    {"model", offsetof(struct pkcs11_uri, model), false},
    {"slot-id", offsetof(struct pkcs11_uri, slot_id), false},
    {"object", offsetof(struct pkcs11_uri, object), false},
    {"id", offsetof(struct pkcs11_uri, id), false},
    {"type", offsetof(struct pkcs11_uri, type), false},
    {"module-path", offsetof(struct pkcs11_uri, module_path), true},
    {"module-name", offsetof(struct pkcs11_uri, module_name), true},
    {"pin-value", offsetof(struct pkcs11_uri, pin_value), true},
    {"pin-source", offsetof(struct pkcs11_uri, pin_source), true},
};

static bool refuse(const char *why, const char **ret_why)
{
    *ret_why = why;
    return false;
}

bool pkcs11_is_uri(struct slice text)
{
    return slice_starts(text, S(SCHEME));
}

static bool decode(struct slice in, struct pkcs11_text *out, const char **ret_why)
{
    for (size_t i = 0; i < in.n; i++) {
        uint64_t byte = in.p[i];
        if (byte == '%') {
            if (i + 2 >= in.n || !num_hex(slice_sub(in, i + 1, 2), &byte))
                return refuse("holds a % that two hexadecimal digits do not follow", ret_why);
            i += 2;
        }
        if (out->n + 1 == PKCS11_TEXT_MAX) return refuse("holds too long a value", ret_why);
        out->text[out->n++] = (char)byte;
    }
    out->text[out->n] = 0;
    out->given = true;
    return true;
}

static bool one(struct slice part, bool query, struct pkcs11_uri *ret, const char **ret_why)
{
    struct slice value = part, name;
    if (!part.n) return true;
    if (!slice_split(&value, '=', &name) || !value.p)
        return refuse("holds a part without =", ret_why);
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        const struct attribute *a = &attributes[i];
        struct pkcs11_text *out = (void *)((char *)ret + a->offset);
        if (a->query != query || !slice_eq(name, slice_str(a->name))) continue;
        if (out->given) return refuse("says the same thing twice", ret_why);
        return decode(value, out, ret_why);
    }
    return refuse("holds a part that is not known (token, object, id, serial, model, manufacturer, "
                  "slot-id, type; module-path, module-name, pin-value, pin-source)",
                  ret_why);
}

bool pkcs11_uri_read(struct slice text, struct pkcs11_uri *ret, const char **ret_why)
{
    struct slice query = slice_sub(text, sizeof SCHEME - 1, text.n), path, part;
    *ret = (struct pkcs11_uri){.token = {.n = 0}};
    if (!pkcs11_is_uri(text)) return refuse("is no pkcs11: URI", ret_why);
    if (!query.n || !slice_split(&query, '?', &path)) return refuse("names nothing", ret_why);
    while (slice_split(&path, ';', &part))
        if (!one(part, false, ret, ret_why)) return false;
    while (query.p && slice_split(&query, '&', &part))
        if (!one(part, true, ret, ret_why)) return false;
    if (ret->type.given && strcmp(ret->type.text, "private") != 0)
        return refuse("names something else than a private key (type)", ret_why);
    return true;
}
