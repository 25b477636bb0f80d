/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_value.h - how abstract values are laid out: for the machine only.
 * Why: a stream has up to one value per byte, so a value is one word, and most need nothing else.
 *
 *     text, bytes   [ address 48 | length 12 | tag 4 ]   up to 4095 bytes, where they lie
 *     int           [ value 60              | tag 4 ]
 *     float         [ the upper 60 bits     | tag 4 ]
 *     the rest      [ turn 16 | address 44  | tag 4 ]    a node, aligned to 16
 *
 * Nodes come from the arena. When a stream has made NODES_EXACT of them, plain ones are taken from
 * a ring and used again: a value whose turn is not its node's has lost its content, not its kind.
 * Owns: nothing.   Threads: one owner.   Fails: a value of 0 bits means that memory is out. */
#pragma once
#include "read/model/pickle.h"

enum pickle_tag {
    TAG_UNKNOWN,
    TAG_CONST,
    TAG_INT,
    TAG_FLOAT,
    TAG_TEXT,
    TAG_BYTES,
    TAG_LONG_TEXT, /* a node from here on */
    TAG_LONG_BYTES,
    TAG_BIG_INT,
    TAG_BUFFER,
    TAG_TUPLE,
    TAG_LIST,
    TAG_DICT,
    TAG_SET,
    TAG_GLOBAL,
    TAG_OBJECT, /* persistent ids, too */
};

#define VALUE_UNKNOWN ((struct pickle_value){1u << 4})
#define VALUE_NONE    ((struct pickle_value){1u << 4 | TAG_CONST})
#define VALUE_FALSE   ((struct pickle_value){2u << 4 | TAG_CONST})
#define VALUE_TRUE    ((struct pickle_value){3u << 4 | TAG_CONST})

enum {
    NODE_IMPURE = 1,   /* something inside is not plain data */
    NODE_COMPUTED = 2, /* of text and bytes */
    NODE_PERSID = 4,
    NODE_RING = 8,
};

struct pickle_node {
    uint16_t turn;
    uint8_t flags;
    uint8_t unused;
    uint32_t kept, room; /* items */
    uint32_t ring;       /* its place there */
    uint32_t depth;      /* of nesting below it */
    uint64_t count;
    uint64_t weight; /* values when every reference is followed */
    union {
        struct slice bytes;
        int64_t number; /* nearest */
        struct pickle_global *global;
        struct pickle_value *items;
        struct {
            struct pickle_value callee, args, state;
        } object;
    };
};

#define NODES_EXACT (384u << 10)
#define NODES_RING  (16u << 10)
#define ITEMS_KEPT  256u

struct pickle_heap {
    struct arena *arena;
    uint64_t made;
    struct pickle_node **ring; /* NULL until it is needed */
    uint32_t next;
};

static inline enum pickle_tag pv_tag(struct pickle_value v)
{
    return (enum pickle_tag)(v.bits & 15);
}

static inline bool pv_has_node(struct pickle_value v)
{
    return pv_tag(v) >= TAG_LONG_TEXT;
}

/* NULL when it has none, or its content is lost. */
struct pickle_node *pv_node(struct pickle_value v);
struct pickle_value pv_int(struct pickle_heap *h, int64_t number);
struct pickle_value pv_float(double number);
struct pickle_value pv_text(struct pickle_heap *h, struct slice s);
struct pickle_value pv_bytes(struct pickle_heap *h, struct slice s);
/* Text or bytes that a call made. */
struct pickle_value pv_computed(struct pickle_heap *h, enum pickle_tag tag, struct slice s);
/* An empty node of this kind. */
struct pickle_value pv_new(struct pickle_heap *h, enum pickle_tag tag);
struct pickle_value pv_object(struct pickle_heap *h, struct pickle_value callee,
                              struct pickle_value args);
bool pv_impure(struct pickle_value v);
uint64_t pv_weight(struct pickle_value v);
uint32_t pv_depth(struct pickle_value v);
/* The state that BUILD gave an object. */
void pv_set_state(struct pickle_value v, struct pickle_value state);
/* Room for the next n items, all at once; false: memory is out. */
bool pv_reserve(struct pickle_heap *h, struct pickle_value v, uint64_t n);
/* A scalar beyond the items that are kept is only counted; false: it must be added. */
static inline bool pv_count_only(struct pickle_value v, struct pickle_value scalar)
{
    struct pickle_node *n = (struct pickle_node *)(uintptr_t)(v.bits & 0x0000fffffffffff0ull);
    if (pv_tag(scalar) == TAG_UNKNOWN || n->turn != v.bits >> 48 || n->kept < ITEMS_KEPT)
        return false;
    n->count++;
    n->weight++;
    return true;
}
/* Put an item behind the others; beyond what is kept it is only counted. False: memory is out. */
bool pv_add(struct pickle_heap *h, struct pickle_value v, struct pickle_value item);
