/* SPDX-License-Identifier: Apache-2.0 */
/* template_value.h - what is known about a value while a template is judged, without rendering it.
 * Why: a name that is built from pieces must be seen as the name. A value is a constant as far as
 * it can be computed, else unknown; tags say where it comes from. Where control flow leaves more
 * than one possibility, a value has alternatives, the newest first.
 * Owns: nothing; values are immutable and live in the arena.   Threads: values.
 * Fails: NULL when memory is out. Results that would be too big are unknown, with TAG_HUGE. */
#pragma once
#include "base/arena.h"

enum value_kind { V_UNKNOWN, V_STR, V_INT, V_BOOL, V_NONE, V_LIST, V_DICT };

enum value_tag {
    TAG_DATA = 1,      /* from what the renderer passes in: messages, tools */
    TAG_ENGINE = 2,    /* an object of Jinja or Python itself, or text made from one */
    TAG_TEXT = 4,      /* what somebody wrote in a message */
    TAG_WHO = 8,       /* who asks, or when */
    TAG_BUILT = 16,    /* text put together in a way that was not followed */
    TAG_UNDER = 32,    /* an underscore went into it */
    TAG_TRIGGER = 64,  /* depends on certain words, people or days */
    TAG_LOST = 128,    /* alternatives were dropped */
    TAG_HUGE = 256,    /* too big to compute */
    TAG_SPACE = 512,   /* a namespace() */
    TAG_WALKED = 1024, /* reached through an access that was already reported */
    TAG_MESSAGE = 2048 /* the list of messages, or one of them */
};

struct value {
    enum value_kind kind;
    unsigned tags;
    struct slice str;
    int64_t num;                      /* V_INT, V_BOOL; V_UNKNOWN: known length of a range, or 0 */
    const struct value *const *items; /* V_LIST; V_DICT: key, value, key, value */
    uint32_t count;                   /* of items */
    const struct value *alt;
};

#define VALUE_STR_MAX  (256u << 10)
#define VALUE_LIST_MAX 16384u
#define VALUE_ALT_MAX  8u

const struct value *value_unknown(struct arena *a, unsigned tags);
const struct value *value_str(struct arena *a, struct slice s, unsigned tags);
const struct value *value_int(struct arena *a, int64_t n, unsigned tags);
const struct value *value_bool(struct arena *a, bool b, unsigned tags);
const struct value *value_none(struct arena *a);
/* items is kept, not copied. */
const struct value *value_list(struct arena *a, const struct value *const *items, uint32_t count,
                               unsigned tags);
const struct value *value_dict(struct arena *a, const struct value *const *items, uint32_t count,
                               unsigned tags);
/* The same value with more tags, alternatives included. */
const struct value *value_tagged(struct arena *a, const struct value *v, unsigned tags);
/* One value that may be either; `newer` leads. */
const struct value *value_join(struct arena *a, const struct value *newer,
                               const struct value *older);
bool value_same(const struct value *a, const struct value *b); /* as constants, heads only */

/* All tags of a value, its alternatives and, one level deep, its items. */
unsigned value_tags(const struct value *v);
bool value_is_const(const struct value *v);
/* What Jinja would print for a constant; false when it is not one or is too long. */
bool value_text(struct arena *a, const struct value *v, struct slice *ret);
/* A string's code points as a list of strings; unknown when there are too many. */
const struct value *value_chars(struct arena *a, const struct value *str);
/* The texts of a list's items with `sep` between them; unknown when one is not known. */
const struct value *value_glue(struct arena *a, const struct value *list, struct slice sep);
/* v[key] for a constant dictionary; NULL when the key is not there. */
const struct value *value_lookup(const struct value *dict, const struct value *key);
/* "_" in front or "__" anywhere: makes TAG_UNDER. */
bool text_has_under(struct slice s);
