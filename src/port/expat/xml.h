/* SPDX-License-Identifier: Apache-2.0 */
/* xml.h - XML, piece by piece, without entities.
 * Why: a parser that expands entities reads what the file's author wants and takes as much memory.
 * Here references to declared entities are skipped, nothing external is loaded, and declarations
 * are reported.
 * Feed as much at a time as there is: a token that is cut is looked at again from its beginning.
 * Owns: a parser owns its memory (some times its input).   Threads: one owner.
 * Fails: xml_feed says ST_MALFORMED (xml_error() has the words), ST_NOMEM. */
#pragma once
#include "base/slice.h"
#include "base/st.h"

struct xml;

/* Names and texts are UTF-8 and live until the handler returns. attributes: name, value, ..., NULL.
 */
struct xml_handlers {
    void (*begin)(void *ctx, struct slice name, const char *const *attributes);
    void (*end)(void *ctx, struct slice name);
    void (*text)(void *ctx, struct slice text);
    void (*doctype)(void *ctx, struct slice name, struct slice system_id);
    /* external: value is the address; else the replacement text */
    void (*entity)(void *ctx, struct slice name, struct slice value, bool external);
};

struct xml *xml_new(const struct xml_handlers *h, void *ctx); /* NULL: memory is out */
void xml_free(struct xml *x);
MUST_USE enum st xml_feed(struct xml *x, struct slice piece, bool last);
void xml_stop(struct xml *x);          /* from a handler: xml_feed ends with ST_MALFORMED */
bool xml_strange(const struct xml *x); /* the encoding is not known */
const char *xml_error(const struct xml *x);
/* Of the event being handled, or of the error. */
uint64_t xml_offset(const struct xml *x);
uint64_t xml_length(const struct xml *x);
uint64_t xml_line(const struct xml *x);
