/* SPDX-License-Identifier: Apache-2.0 */
#include "read/model/pickle_value.h"

#define ADDRESS_MASK 0x0000fffffffffff0ull
#define SHORT_MAX    4095u

struct pickle_node *pv_node(struct pickle_value v)
{
    if (!pv_has_node(v)) return NULL;
    struct pickle_node *n = (struct pickle_node *)(uintptr_t)(v.bits & ADDRESS_MASK);
    return n->turn == v.bits >> 48 ? n : NULL;
}

static struct pickle_value pv_of(const struct pickle_node *n, enum pickle_tag tag)
{
    return (struct pickle_value){(uint64_t)n->turn << 48 | (uint64_t)(uintptr_t)n | (uint64_t)tag};
}

static struct pickle_node *fresh(struct pickle_heap *h)
{
    struct pickle_node *n = ARENA_NEW(h->arena, struct pickle_node);
    h->made++;
    /* the layout of values counts on addresses of 48 bits, as every system hands them out */
    if (n && (uintptr_t)n >> 48) return NULL;
    return n;
}

static bool ring_start(struct pickle_heap *h)
{
    h->ring = ARENA_ARRAY(h->arena, struct pickle_node *, NODES_RING);
    return h->ring;
}

/* The node that was made longest ago, with the room for items that it had. */
static struct pickle_node *recycle(struct pickle_heap *h)
{
    if (!h->ring && !ring_start(h)) return NULL;
    uint32_t at = h->next++ % NODES_RING;
    struct pickle_node *n = h->ring[at];
    if (!n) n = h->ring[at] = fresh(h);
    if (!n) return NULL;
    bool had_items = n->room > 0;
    struct pickle_value *items = had_items ? n->items : NULL;
    *n = (struct pickle_node){.turn = (uint16_t)(n->turn + 1),
                              .flags = NODE_RING,
                              .room = had_items ? n->room : 0,
                              .ring = at};
    if (had_items) n->items = items;
    return n;
}

struct pickle_value pv_new(struct pickle_heap *h, enum pickle_tag tag)
{
    bool container = tag >= TAG_TUPLE && tag <= TAG_SET;
    struct pickle_node *n = container && h->made >= NODES_EXACT ? recycle(h) : fresh(h);
    return n ? pv_of(n, tag) : (struct pickle_value){0};
}

struct pickle_value pv_int(struct pickle_heap *h, int64_t number)
{
    uint64_t bits = (uint64_t)number << 4;
    if ((int64_t)bits >> 4 == number) return (struct pickle_value){bits | TAG_INT};
    struct pickle_value v = pv_new(h, TAG_BIG_INT);
    struct pickle_node *n = pv_node(v);
    if (n) n->number = number;
    return v;
}

struct pickle_value pv_float(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return (struct pickle_value){(bits & ~15ull) | TAG_FLOAT};
}

static struct pickle_value string(struct pickle_heap *h, enum pickle_tag tag, struct slice s)
{
    uintptr_t p = (uintptr_t)s.p;
    if (s.n <= SHORT_MAX && !(p >> 48))
        return (struct pickle_value){(uint64_t)p << 16 | (uint64_t)s.n << 4 | (uint64_t)tag};
    struct pickle_value v = pv_new(h, tag == TAG_TEXT ? TAG_LONG_TEXT : TAG_LONG_BYTES);
    struct pickle_node *n = pv_node(v);
    if (n) n->bytes = s;
    return v;
}

struct pickle_value pv_text(struct pickle_heap *h, struct slice s)
{
    return string(h, TAG_TEXT, s);
}

struct pickle_value pv_bytes(struct pickle_heap *h, struct slice s)
{
    return string(h, TAG_BYTES, s);
}

struct pickle_value pv_computed(struct pickle_heap *h, enum pickle_tag tag, struct slice s)
{
    struct pickle_value v = pv_new(h, tag == TAG_TEXT ? TAG_LONG_TEXT : TAG_LONG_BYTES);
    struct pickle_node *n = pv_node(v);
    if (n) {
        n->bytes = s;
        n->flags = NODE_COMPUTED;
    }
    return v;
}

bool pv_impure(struct pickle_value v)
{
    enum pickle_tag tag = pv_tag(v);
    if (tag == TAG_UNKNOWN || tag >= TAG_GLOBAL || tag == TAG_BUFFER) return true;
    if (tag < TAG_TUPLE) return false;
    const struct pickle_node *n = pv_node(v);
    return n && n->flags & NODE_IMPURE;
}

uint64_t pv_weight(struct pickle_value v)
{
    const struct pickle_node *n = pv_node(v);
    return n ? n->weight + 1 : 1;
}

uint32_t pv_depth(struct pickle_value v)
{
    const struct pickle_node *n = pv_node(v);
    return n ? n->depth : 0;
}

static void deepen(struct pickle_node *n, struct pickle_value item)
{
    uint32_t depth = pv_node(item) == n ? 0 : pv_depth(item);
    if (depth >= n->depth && depth < UINT32_MAX) n->depth = depth + 1;
}

void pv_set_state(struct pickle_value v, struct pickle_value state)
{
    struct pickle_node *n = pv_tag(v) == TAG_OBJECT ? pv_node(v) : NULL;
    if (!n) return;
    n->object.state = state;
    deepen(n, state);
}

struct pickle_value pv_object(struct pickle_heap *h, struct pickle_value callee,
                              struct pickle_value args)
{
    struct pickle_value v = pv_new(h, TAG_OBJECT);
    struct pickle_node *n = pv_node(v);
    if (n) {
        n->object.callee = callee;
        n->object.args = args;
        n->flags = NODE_IMPURE;
        n->weight = pv_weight(args);
        deepen(n, args);
    }
    return v;
}

static bool grow(struct pickle_heap *h, struct pickle_node *n, uint64_t want)
{
    if (want > ITEMS_KEPT) want = ITEMS_KEPT;
    if (want <= n->room) return true;
    uint64_t room = n->room ? n->room * 2u : 4;
    if (n->room || want > room)
        room = want > room ? want : room;
    else if (n->count == 0 && want < 4)
        room = want;
    if (room > ITEMS_KEPT) room = ITEMS_KEPT;
    struct pickle_value *items = ARENA_ARRAY(h->arena, struct pickle_value, room);
    if (!items) return false;
    if (n->kept) memcpy(items, n->items, n->kept * sizeof *items);
    n->items = items;
    n->room = (uint32_t)room;
    return true;
}

bool pv_reserve(struct pickle_heap *h, struct pickle_value v, uint64_t n)
{
    struct pickle_node *node = pv_node(v);
    return !node || grow(h, node, node->kept + (n < ITEMS_KEPT ? n : ITEMS_KEPT));
}

/* A node with more than data inside must not be used again: the ring gets another one. */
static void pin(struct pickle_heap *h, struct pickle_node *n)
{
    if (!(n->flags & NODE_RING)) return;
    n->flags &= (uint8_t)~NODE_RING;
    if (h->ring[n->ring] == n) h->ring[n->ring] = NULL;
}

bool pv_add(struct pickle_heap *h, struct pickle_value v, struct pickle_value item)
{
    struct pickle_node *n = pv_node(v);
    if (!n) return true;
    if (n->kept < ITEMS_KEPT) {
        if (n->kept == n->room && !grow(h, n, n->kept + 1u)) return false;
        n->items[n->kept++] = item;
    }
    n->count++;
    deepen(n, item);
    if (__builtin_add_overflow(n->weight, pv_weight(item), &n->weight)) n->weight = UINT64_MAX / 2;
    if (pv_impure(item)) {
        n->flags |= NODE_IMPURE;
        pin(h, n);
    }
    return true;
}

/* ---- what everybody may ask ---- */

enum pickle_kind pickle_kind(struct pickle_value v)
{
    static const uint8_t kinds[16] = {
        [TAG_UNKNOWN] = PV_UNKNOWN, [TAG_CONST] = PV_BOOL,       [TAG_INT] = PV_INT,
        [TAG_FLOAT] = PV_FLOAT,     [TAG_TEXT] = PV_TEXT,        [TAG_BYTES] = PV_BYTES,
        [TAG_LONG_TEXT] = PV_TEXT,  [TAG_LONG_BYTES] = PV_BYTES, [TAG_BIG_INT] = PV_INT,
        [TAG_BUFFER] = PV_BUFFER,   [TAG_TUPLE] = PV_TUPLE,      [TAG_LIST] = PV_LIST,
        [TAG_DICT] = PV_DICT,       [TAG_SET] = PV_SET,          [TAG_GLOBAL] = PV_GLOBAL,
        [TAG_OBJECT] = PV_OBJECT,
    };
    if (v.bits == VALUE_NONE.bits) return PV_NONE;
    const struct pickle_node *n = pv_tag(v) == TAG_OBJECT ? pv_node(v) : NULL;
    if (n && n->flags & NODE_PERSID) return PV_PERSID;
    return (enum pickle_kind)kinds[pv_tag(v)];
}

bool pickle_same(struct pickle_value a, struct pickle_value b)
{
    return a.bits == b.bits && pv_has_node(a);
}

bool pickle_int(struct pickle_value v, int64_t *ret)
{
    if (pv_tag(v) == TAG_INT) {
        *ret = (int64_t)v.bits >> 4;
        return true;
    }
    const struct pickle_node *n = pv_tag(v) == TAG_BIG_INT ? pv_node(v) : NULL;
    if (!n) return false;
    *ret = n->number;
    return !n->count; /* counts the digits of one that does not fit */
}

bool pickle_float(struct pickle_value v, double *ret)
{
    uint64_t bits = v.bits & ~15ull;
    if (pv_tag(v) != TAG_FLOAT) return false;
    memcpy(ret, &bits, sizeof *ret);
    return true;
}

static bool string_of(struct pickle_value v, enum pickle_tag tag, enum pickle_tag long_tag,
                      struct slice *ret)
{
    if (pv_tag(v) == tag) {
        *ret = slice_of((const void *)(uintptr_t)(v.bits >> 16), v.bits >> 4 & SHORT_MAX);
        return true;
    }
    const struct pickle_node *n = pv_tag(v) == long_tag ? pv_node(v) : NULL;
    if (n) *ret = n->bytes;
    return n;
}

bool pickle_text(struct pickle_value v, struct slice *ret)
{
    return string_of(v, TAG_TEXT, TAG_LONG_TEXT, ret);
}

bool pickle_bytes(struct pickle_value v, struct slice *ret)
{
    return string_of(v, TAG_BYTES, TAG_LONG_BYTES, ret);
}

bool pickle_is_text(struct pickle_value v, const char *text)
{
    struct slice s;
    return pickle_text(v, &s) && slice_eq(s, slice_str(text));
}

bool pickle_computed(struct pickle_value v)
{
    const struct pickle_node *n = pv_node(v);
    return n && n->flags & NODE_COMPUTED;
}

static const struct pickle_node *container(struct pickle_value v)
{
    enum pickle_tag tag = pv_tag(v);
    return tag >= TAG_TUPLE && tag <= TAG_SET ? pv_node(v) : NULL;
}

uint64_t pickle_count(struct pickle_value v)
{
    const struct pickle_node *n = container(v);
    return n ? n->count : 0;
}

uint64_t pickle_kept(struct pickle_value v)
{
    const struct pickle_node *n = container(v);
    return n ? n->kept : 0;
}

static const struct pickle_node *object(struct pickle_value v)
{
    return pv_tag(v) == TAG_OBJECT ? pv_node(v) : NULL;
}

struct pickle_value pickle_item(struct pickle_value v, uint64_t i)
{
    const struct pickle_node *n = container(v);
    if (n && i < n->kept) return n->items[i];
    n = object(v);
    return n && n->flags & NODE_PERSID && i == 0 ? n->object.args : VALUE_UNKNOWN;
}

bool pickle_dict_get(struct pickle_value dict, const char *key, struct pickle_value *ret)
{
    bool found = false;
    if (pickle_kind(dict) != PV_DICT) return false;
    for (uint64_t i = 0; i + 1 < pickle_kept(dict); i += 2)
        if (pickle_is_text(pickle_item(dict, i), key)) {
            *ret = pickle_item(dict, i + 1); /* the last one wins */
            found = true;
        }
    return found;
}

bool pickle_plain(struct pickle_value v)
{
    return !pv_impure(v);
}

struct pickle_value pickle_callee(struct pickle_value v)
{
    const struct pickle_node *n = object(v);
    return n ? n->object.callee : VALUE_UNKNOWN;
}

struct pickle_value pickle_args(struct pickle_value v)
{
    const struct pickle_node *n = object(v);
    return n ? n->object.args : VALUE_UNKNOWN;
}

struct pickle_value pickle_state(struct pickle_value v)
{
    const struct pickle_node *n = object(v);
    return n && n->object.state.bits ? n->object.state : VALUE_UNKNOWN;
}

struct pickle_global *pickle_global(struct pickle_value v)
{
    const struct pickle_node *n = pv_tag(v) == TAG_GLOBAL ? pv_node(v) : NULL;
    return n ? n->global : NULL;
}
