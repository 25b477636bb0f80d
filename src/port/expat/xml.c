/* SPDX-License-Identifier: Apache-2.0 */
#include "port/expat/xml.h"
#include <expat.h>
#include <stdlib.h>

struct xml {
    XML_Parser parser;
    const struct xml_handlers *h;
    void *ctx;
};

static void on_begin(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    struct xml *x = ctx;
    if (x->h->begin) x->h->begin(x->ctx, slice_str(name), (const char *const *)attributes);
}

static void on_end(void *ctx, const XML_Char *name)
{
    struct xml *x = ctx;
    if (x->h->end) x->h->end(x->ctx, slice_str(name));
}

static void on_text(void *ctx, const XML_Char *s, int n)
{
    struct xml *x = ctx;
    if (x->h->text && n > 0) x->h->text(x->ctx, slice_of(s, (size_t)n));
}

static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *system_id,
                       const XML_Char *public_id, int internal)
{
    struct xml *x = ctx;
    (void)public_id, (void)internal;
    if (x->h->doctype) x->h->doctype(x->ctx, slice_str(name), slice_str(system_id));
}

static void on_entity(void *ctx, const XML_Char *name, int parameter, const XML_Char *value, int n,
                      const XML_Char *base, const XML_Char *system_id, const XML_Char *public_id,
                      const XML_Char *notation)
{
    struct xml *x = ctx;
    (void)parameter, (void)base, (void)public_id;
    struct slice text = value && n > 0 ? slice_of(value, (size_t)n) : slice_str(system_id);
    if (x->h->entity && !notation) x->h->entity(x->ctx, slice_str(name), text, value == NULL);
}

/* With this handler set, the library passes references on and does not expand them. */
static void on_default(void *ctx, const XML_Char *s, int n)
{
    (void)ctx, (void)s, (void)n;
}

struct xml *xml_new(const struct xml_handlers *h, void *ctx)
{
    struct xml *x = calloc(1, sizeof *x);
    if (!x) return NULL;
    x->h = h;
    x->ctx = ctx;
    x->parser = XML_ParserCreate(NULL);
    if (!x->parser) {
        free(x);
        return NULL;
    }
    XML_SetUserData(x->parser, x);
    XML_SetHashSalt(x->parser, 0x9e3779b9);
    XML_SetElementHandler(x->parser, on_begin, on_end);
    XML_SetCharacterDataHandler(x->parser, on_text);
    XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
    XML_SetEntityDeclHandler(x->parser, on_entity);
    XML_SetDefaultHandler(x->parser, on_default);
    (void)XML_SetParamEntityParsing(x->parser, XML_PARAM_ENTITY_PARSING_NEVER);
    return x;
}

void xml_free(struct xml *x)
{
    if (!x) return;
    XML_ParserFree(x->parser);
    free(x);
}

enum st xml_feed(struct xml *x, struct slice piece, bool last)
{
    if (XML_Parse(x->parser, (const char *)piece.p, (int)piece.n, last) == XML_STATUS_OK)
        return ST_OK;
    return XML_GetErrorCode(x->parser) == XML_ERROR_NO_MEMORY ? ST_NOMEM : ST_MALFORMED;
}

void xml_stop(struct xml *x)
{
    (void)XML_StopParser(x->parser, XML_FALSE);
}

bool xml_strange(const struct xml *x)
{
    return XML_GetErrorCode(x->parser) == XML_ERROR_UNKNOWN_ENCODING;
}

const char *xml_error(const struct xml *x)
{
    return XML_ErrorString(XML_GetErrorCode(x->parser));
}

uint64_t xml_offset(const struct xml *x)
{
    long at = XML_GetCurrentByteIndex(x->parser);
    return at < 0 ? 0 : (uint64_t)at;
}

uint64_t xml_length(const struct xml *x)
{
    int n = XML_GetCurrentByteCount(x->parser);
    return n < 0 ? 0 : (uint64_t)n;
}

uint64_t xml_line(const struct xml *x)
{
    return XML_GetCurrentLineNumber(x->parser);
}
