/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_memory.c - stack, marks and memo.
 *
 * The unpickler written in C keeps one stack and a list of marks. Below the newest mark nothing can
 * be popped: that is the fence, and POP at the fence takes the mark itself.
 * Honest memo indexes count up from 0, so they lie in pages; one that is far beyond the number of
 * entries goes into a hash table here, while the real unpickler makes an array up to it. */
#include "read/model/pickle_machine.h"
#include <stdarg.h>

#define FAR         65536u
#define MEMO_ATTACK (1u << 24)

enum st vm_broke(struct machine *m, const char *fmt, ...)
{
    char text[240];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    tell_anomaly(m->r, ANOMALY_MALFORMED, m->at, "opcode %llu, %s: %s",
                 (unsigned long long)m->sum->opcodes, m->op ? m->op->name : "?", text);
    return ST_MALFORMED;
}

/* The place of item i, made when it is not there; NULL: memory is out. */
static struct pickle_value *page_slot(struct machine *m, struct pages *p, uint64_t i)
{
    uint64_t page = i / PAGE_VALUES;
    if (page >= p->dir_room) {
        uint64_t room = p->dir_room ? p->dir_room * 2 : 8;
        if (room <= page) room = page + 1;
        struct pickle_value **dir = ARENA_ARRAY(m->heap.arena, struct pickle_value *, room);
        if (!dir) return NULL;
        if (p->dir_room) memcpy(dir, p->dir, p->dir_room * sizeof *dir);
        p->dir = dir;
        p->dir_room = room;
    }
    if (!p->dir[page]) p->dir[page] = ARENA_ARRAY(m->heap.arena, struct pickle_value, PAGE_VALUES);
    return p->dir[page] ? &p->dir[page][i % PAGE_VALUES] : NULL;
}

static struct pickle_value page_get(const struct pages *p, uint64_t i)
{
    uint64_t page = i / PAGE_VALUES;
    if (page >= p->dir_room || !p->dir[page]) return (struct pickle_value){0};
    return p->dir[page][i % PAGE_VALUES];
}

enum st vm_push(struct machine *m, struct pickle_value v)
{
    struct pickle_value *slot = page_slot(m, &m->stack, m->depth);
    if (!slot || !v.bits) return ST_NOMEM;
    *slot = v;
    m->depth++;
    return ST_OK;
}

static enum st underflow(struct machine *m)
{
    return vm_broke(m, m->mark_count ? "a value is missing above the mark" : "the stack is empty");
}

enum st vm_top(struct machine *m, struct pickle_value *ret)
{
    if (m->depth <= m->fence) return underflow(m);
    *ret = page_get(&m->stack, m->depth - 1);
    return ST_OK;
}

enum st vm_pop(struct machine *m, struct pickle_value *ret)
{
    if (m->depth <= m->fence) return underflow(m);
    *ret = page_get(&m->stack, --m->depth);
    return ST_OK;
}

struct pickle_value vm_at(const struct machine *m, uint64_t i)
{
    return page_get(&m->stack, i);
}

enum st vm_push_mark(struct machine *m)
{
    struct pickle_value *slot = page_slot(m, &m->marks, m->mark_count);
    if (!slot) return ST_NOMEM;
    slot->bits = m->depth;
    m->mark_count++;
    m->fence = m->depth;
    return ST_OK;
}

void vm_drop_mark(struct machine *m)
{
    m->mark_count--;
    m->fence = m->mark_count ? page_get(&m->marks, m->mark_count - 1).bits : 0;
}

enum st vm_pop_mark(struct machine *m, uint64_t *ret_from)
{
    if (!m->mark_count) return vm_broke(m, "there is no mark");
    *ret_from = page_get(&m->marks, m->mark_count - 1).bits;
    vm_drop_mark(m);
    return ST_OK;
}

enum st vm_move(struct machine *m, uint64_t from, struct pickle_value v)
{
    if (!v.bits || !pv_reserve(&m->heap, v, m->depth - from)) return ST_NOMEM;
    for (uint64_t i = from; i < m->depth; i++) {
        struct pickle_value item = vm_at(m, i);
        if (!pv_has_node(item) && pv_count_only(v, item)) continue;
        if (!pv_add(&m->heap, v, item)) return ST_NOMEM;
    }
    m->depth = from;
    return ST_OK;
}

static struct slice far_key(struct machine *m, uint64_t index)
{
    return arena_copy(m->heap.arena, slice_of(&index, sizeof index));
}

/* Entries so far apart would take more memory in the real unpickler than any file is worth. */
static void tell_memo(struct machine *m, uint64_t index)
{
    if (m->told_memo || index < MEMO_ATTACK || index < 2 * (uint64_t)m->c->len) return;
    m->told_memo = true;
    tell_anomaly(m->r, ANOMALY_PICKLE_EXPANSION, m->at,
                 "memo index %llu in a stream of %zu bytes: the loader takes %llu MB for it",
                 (unsigned long long)index, m->c->len, (unsigned long long)(index >> 16));
}

static bool is_far(const struct machine *m, uint64_t index)
{
    union map_value ignored;
    return map_get(&m->memo_far, slice_of(&index, sizeof index), &ignored);
}

enum st vm_memo_put(struct machine *m, uint64_t index)
{
    struct pickle_value v = {0};
    enum st st = vm_top(m, &v);
    if (st != ST_OK) return st;
    if (index <= 2 * m->memo_count + FAR) {
        struct pickle_value *slot = page_slot(m, &m->memo, index);
        if (!slot) return ST_NOMEM;
        m->memo_count += slot->bits == 0 && !is_far(m, index);
        *slot = v;
        return ST_OK;
    }
    tell_memo(m, index);
    struct slice key = far_key(m, index);
    bool existed = false;
    if (!key.p || !map_put(&m->memo_far, key, (union map_value){.num = v.bits}, &existed))
        return ST_NOMEM;
    m->memo_count += !existed;
    return ST_OK;
}

enum st vm_memo_get(struct machine *m, uint64_t index)
{
    struct pickle_value v = page_get(&m->memo, index);
    union map_value far;
    if (!v.bits && map_get(&m->memo_far, slice_of(&index, sizeof index), &far)) v.bits = far.num;
    if (!v.bits) return vm_broke(m, "memo entry %llu was never stored", (unsigned long long)index);
    return vm_push(m, v);
}
