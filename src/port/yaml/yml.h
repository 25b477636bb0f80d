/* SPDX-License-Identifier: Apache-2.0 */
/* yml.h - YAML 1.1 as a row of events, with places in bytes.
 * Why: YAML is too large to be read by hand. Only events are asked for: an alias is told as a name
 * and never expanded, so that neither memory nor time depends on what a document says about itself.
 * Owns: a parser owns its memory and borrows its text.   Threads: one owner.
 * Fails: YML_BAD, sticky: what came before was read. */
#pragma once
#include "base/slice.h"

#define YML_DEPTH_MAX 100u

enum yml_kind {
    YML_END,
    YML_BAD,
    YML_NOMEM,
    YML_DOCUMENT,
    YML_MAP,
    YML_MAP_END,
    YML_LIST,
    YML_LIST_END,
    YML_SCALAR,
    YML_ALIAS, /* anchor: of what */
};

struct yml_event {
    enum yml_kind kind;
    struct slice text;   /* of a scalar, resolved; lives until the next event */
    struct slice anchor; /* empty: none; lives until the next event */
    char style;          /* of a scalar: 'p' plain, '\'', '"', '|', '>' */
    size_t from, to;     /* bytes of the text */
};

struct yml;
struct yml *yml_new(struct slice text); /* UTF-8 without a mark; NULL: memory is out */
void yml_free(struct yml *y);
enum yml_kind yml_next(struct yml *y, struct yml_event *ret);
/* After YML_BAD: where and why. */
size_t yml_error_at(const struct yml *y);
const char *yml_error(const struct yml *y);
