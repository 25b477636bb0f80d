/* SPDX-License-Identifier: Apache-2.0 */
/* shape.h - JSON of a known shape into structs, by a table of its fields.
 * Why: bundles, statements, trusted roots and log entries are all "these keys, these kinds"; one
 * reader with one notion of strictness is easier to trust than a hand-written walk for each.
 *
 *     struct point { struct shape_seen seen; uint64_t x; struct slice name; };
 *     static const struct shape_field fields[] = {
 *         SHAPE_FIELD(struct point, x, "x", SHAPE_U64, SHAPE_REQUIRED),
 *         SHAPE_FIELD(struct point, name, "name", SHAPE_TEXT, 0)};
 *     static const struct shape point = {fields, 2, sizeof(struct point), SHAPE_OPEN};
 *
 * Every struct of a shape begins with a struct shape_seen. A key that is there twice is refused:
 * two readers could see two documents. null is the same as absence (protobuf's JSON mapping).
 * Calls go as deep as the tables do, not as the input.
 * Owns: nothing; results lie in the arena or in the input.   Threads: one owner.
 * Fails: ST_MALFORMED with a sentence; ST_NOMEM. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include <stddef.h>

#define SHAPE_FIELDS_MAX 32
#define SHAPE_ITEMS_MAX  (1u << 20) /* of one list */

enum shape_kind {
    SHAPE_TEXT,   /* struct slice */
    SHAPE_BASE64, /* struct slice: what it stands for, both alphabets */
    SHAPE_HEX,    /* struct slice: what it stands for, lower-case digits */
    SHAPE_U64,    /* uint64_t: a number without fraction (1000.0 is one), or such a one as text */
    SHAPE_BOOL,   /* bool */
    SHAPE_OBJECT, /* a struct of the shape `inner` */
    SHAPE_LIST,   /* struct shape_list of `inner`, or of `item` when that is NULL */
    SHAPE_ANY,    /* struct slice: the value's own JSON */
};

enum { SHAPE_REQUIRED = 1 };

struct shape_seen {
    uint32_t fields; /* bit i: the table's field i was there and not null */
    bool others;     /* keys that no field has */
};

struct shape_list {
    void *items; /* of the inner shape's size; struct slice or uint64_t for plain items */
    size_t count;
};

struct shape;
struct shape_field {
    const char *key;
    enum shape_kind kind;
    unsigned flags;
    size_t offset;
    const struct shape *inner; /* SHAPE_OBJECT, SHAPE_LIST */
    enum shape_kind item;      /* SHAPE_LIST without inner: SHAPE_TEXT, SHAPE_BASE64 ... */
};

enum shape_rest { SHAPE_CLOSED, SHAPE_OPEN }; /* are keys that no field has an error? */

struct shape {
    const struct shape_field *fields;
    size_t count;
    size_t size;
    enum shape_rest rest;
};

#define SHAPE_FIELD(type, member, key, kind, flags)                \
    {                                                              \
        key, kind, flags, offsetof(type, member), NULL, SHAPE_TEXT \
    }
#define SHAPE_INNER(type, member, key, kind, flags, inner)          \
    {                                                               \
        key, kind, flags, offsetof(type, member), inner, SHAPE_TEXT \
    }
#define SHAPE_ITEMS(type, member, key, item, flags)                \
    {                                                              \
        key, SHAPE_LIST, flags, offsetof(type, member), NULL, item \
    }

/* The whole input is one object of this shape. `ret` has shape->size bytes; it is zeroed first.
 * ret_why says what is wrong and where ("predicate.resources[3].digest is missing"). */
MUST_USE enum st shape_read(const struct shape *shape, struct slice json, struct arena *arena,
                            void *ret, struct slice *ret_why);
/* Was this field there? `index` is its place in the table. */
static inline bool shape_has(const struct shape_seen *seen, unsigned index)
{
    return seen->fields >> index & 1;
}
