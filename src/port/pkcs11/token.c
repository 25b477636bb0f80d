/* SPDX-License-Identifier: Apache-2.0 */
#include "port/pkcs11/token.h"
#include "base/num.h"
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdarg.h>
#include <stdio.h>

#define SLOTS_MAX 64u

PRINTF_LIKE(3, 4)
static enum st fail(struct token *t, enum st st, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(t->why, sizeof t->why, fmt, ap);
    va_end(ap);
    return st;
}

static CK_FUNCTION_LIST *calls(const struct token *t)
{
    return t->functions;
}

static enum st refused(struct token *t, const char *what, CK_RV rv)
{
    if (rv == CKR_PIN_INCORRECT) return fail(t, ST_UNSUPPORTED, "the PIN is wrong");
    if (rv == CKR_PIN_LOCKED) return fail(t, ST_UNSUPPORTED, "the token has locked itself");
    return fail(t, ST_IO, "the token refused to %s (0x%lx)", what, rv);
}

/* ---- the library ---- */

static enum st load(struct token *t, const struct pkcs11_uri *uri)
{
    char name[PKCS11_TEXT_MAX + 16];
    CK_C_GetFunctionList get = NULL;
    CK_FUNCTION_LIST *list = NULL;
    if (uri->module_path.given)
        (void)snprintf(name, sizeof name, "%s", uri->module_path.text);
    else if (uri->module_name.given)
        (void)snprintf(name, sizeof name, "%s.so", uri->module_name.text);
    else
        (void)snprintf(name, sizeof name, "p11-kit-proxy.so");
    t->library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    void *symbol = t->library ? dlsym(t->library, "C_GetFunctionList") : NULL;
    if (!symbol)
        return fail(t, ST_IO,
                    "%s is no PKCS #11 module that can be loaded; name one: "
                    "?module-path=/path/to/module.so",
                    name);
    memcpy(&get, &symbol, sizeof get);
    CK_RV rv = get(&list);
    if (rv != CKR_OK || !list) return refused(t, "list its functions", rv);
    t->functions = list;
    rv = list->C_Initialize(NULL);
    if (rv != CKR_OK && rv != CKR_CRYPTOKI_ALREADY_INITIALIZED) return refused(t, "start", rv);
    t->ready = true;
    return ST_OK;
}

/* ---- the token ---- */

/* Fields of Cryptoki are filled up with blanks. */
static bool is_text(const struct pkcs11_text *wanted, const unsigned char *field, size_t n)
{
    while (n && (field[n - 1] == ' ' || !field[n - 1])) n--;
    return !wanted->given || slice_eq(slice_of(wanted->text, wanted->n), slice_of(field, n));
}

static bool is_slot(const struct pkcs11_uri *uri, CK_SLOT_ID slot)
{
    uint64_t n;
    if (!uri->slot_id.given) return true;
    return num_u64(slice_of(uri->slot_id.text, uri->slot_id.n), &n) && n == slot;
}

static bool fits(const struct pkcs11_uri *uri, CK_SLOT_ID slot, const CK_TOKEN_INFO *i)
{
    return is_slot(uri, slot) && (i->flags & CKF_TOKEN_INITIALIZED) &&
           is_text(&uri->token, i->label, sizeof i->label) &&
           is_text(&uri->serial, i->serialNumber, sizeof i->serialNumber) &&
           is_text(&uri->model, i->model, sizeof i->model) &&
           is_text(&uri->manufacturer, i->manufacturerID, sizeof i->manufacturerID);
}

static enum st choose(struct token *t, const struct pkcs11_uri *uri)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG n = SLOTS_MAX;
    CK_TOKEN_INFO info;
    unsigned found = 0;
    CK_RV rv = calls(t)->C_GetSlotList(CK_TRUE, slots, &n);
    if (rv != CKR_OK) return refused(t, "list its slots", rv);
    for (CK_ULONG i = 0; i < n; i++) {
        if (calls(t)->C_GetTokenInfo(slots[i], &info) != CKR_OK || !fits(uri, slots[i], &info))
            continue;
        found++;
        t->slot = slots[i];
        t->wants_pin = (info.flags & CKF_LOGIN_REQUIRED) != 0;
    }
    if (found == 1) return ST_OK;
    return fail(t, ST_UNSUPPORTED,
                found ? "%u tokens fit; say more of the one that is meant"
                      : "no token fits (%u do)",
                found);
}

enum st token_open(struct token *t, const struct pkcs11_uri *uri)
{
    *t = (struct token){.library = NULL};
    enum st st = load(t, uri);
    if (st == ST_OK) st = choose(t, uri);
    if (st != ST_OK) return st;
    CK_RV rv = calls(t)->C_OpenSession(t->slot, CKF_SERIAL_SESSION, NULL, NULL, &t->session);
    if (rv != CKR_OK) return refused(t, "open a session", rv);
    t->open = true;
    return ST_OK;
}

enum st token_login(struct token *t, struct slice pin)
{
    CK_RV rv = calls(t)->C_Login(t->session, CKU_USER, (CK_UTF8CHAR *)(uintptr_t)pin.p, pin.n);
    if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN) return ST_OK;
    return refused(t, "log in", rv);
}

/* ---- the key ---- */

/* How many objects of this class fit; at most two are asked for. */
static enum st find(struct token *t, const struct pkcs11_uri *uri, CK_OBJECT_CLASS class,
                    CK_OBJECT_HANDLE *ret, CK_ULONG *ret_n)
{
    CK_KEY_TYPE type = CKK_EC;
    CK_OBJECT_HANDLE found[2];
    CK_ATTRIBUTE want[4] = {{CKA_CLASS, &class, sizeof class}, {CKA_KEY_TYPE, &type, sizeof type}};
    CK_ULONG n = 2;
    if (uri->object.given)
        want[n++] = (CK_ATTRIBUTE){CKA_LABEL, (void *)(uintptr_t)uri->object.text, uri->object.n};
    if (uri->id.given)
        want[n++] = (CK_ATTRIBUTE){CKA_ID, (void *)(uintptr_t)uri->id.text, uri->id.n};
    CK_RV rv = calls(t)->C_FindObjectsInit(t->session, want, n);
    if (rv == CKR_OK) rv = calls(t)->C_FindObjects(t->session, found, 2, ret_n);
    (void)calls(t)->C_FindObjectsFinal(t->session);
    if (rv != CKR_OK) return refused(t, "look for the key", rv);
    *ret = *ret_n ? found[0] : 0;
    return ST_OK;
}

static size_t get(struct token *t, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE what, uint8_t *room,
                  size_t most)
{
    CK_ATTRIBUTE a = {what, room, most};
    CK_RV rv = calls(t)->C_GetAttributeValue(t->session, object, &a, 1);
    return rv == CKR_OK && a.ulValueLen <= most ? a.ulValueLen : 0;
}

enum st token_find(struct token *t, const struct pkcs11_uri *uri)
{
    CK_OBJECT_HANDLE public = 0;
    CK_ULONG n = 0;
    enum st st = find(t, uri, CKO_PRIVATE_KEY, &t->key, &n);
    if (st != ST_OK) return st;
    if (n != 1)
        return fail(t, ST_UNSUPPORTED,
                    n ? "two keys fit; say more of the one that is meant"
                      : "no private key on an elliptic curve fits");
    t->params_n = get(t, t->key, CKA_EC_PARAMS, t->params, sizeof t->params);
    t->point_n = get(t, t->key, CKA_EC_POINT, t->point, sizeof t->point);
    if (t->point_n) return ST_OK; /* some tokens keep it with the private key */
    st = find(t, uri, CKO_PUBLIC_KEY, &public, &n);
    if (st != ST_OK || n != 1) return st;
    t->point_n = get(t, public, CKA_EC_POINT, t->point, sizeof t->point);
    if (!t->params_n) t->params_n = get(t, public, CKA_EC_PARAMS, t->params, sizeof t->params);
    return ST_OK;
}

enum st token_sign(struct token *t, struct slice hash, uint8_t ret[TOKEN_RAW_MAX], size_t *ret_n)
{
    CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
    CK_ULONG n = TOKEN_RAW_MAX;
    CK_RV rv = calls(t)->C_SignInit(t->session, &ecdsa, t->key);
    if (rv == CKR_OK)
        rv = calls(t)->C_Sign(t->session, (CK_BYTE *)(uintptr_t)hash.p, hash.n, ret, &n);
    if (rv != CKR_OK) return refused(t, "sign", rv);
    *ret_n = n;
    return ST_OK;
}

/* The library is not unloaded: some leave threads behind. */
void token_close(struct token *t)
{
    if (t->open) (void)calls(t)->C_CloseSession(t->session);
    if (t->ready) (void)calls(t)->C_Finalize(NULL);
    t->open = t->ready = false;
}
