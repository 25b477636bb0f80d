/* SPDX-License-Identifier: Apache-2.0 */
/* taint_env.c - variables, and what branches make of them.
 *
 * Every change of a variable is logged while a branch is open. At the end of a branch its changes
 * are kept aside and undone, so that the next branch begins where the first began. When the last
 * one is over, a variable is what it is at the ends of those branches that come to their end. A
 * branch that returns or raises is none of them: that is how `if host not in ALLOWED: raise` makes
 * the host good for what follows. */
#include "detect/python/taint_part.h"

#define BREAKS_MAX 65536u /* changes that breaks put aside */
#define CARRY_MAX  64     /* variables that a loop hands on to its next round */

/* ---- taints ---- */

struct taint *taint_copy(struct taint_flow *t, const struct taint *v)
{
    struct taint *made = ARENA_NEW(t->m->arena, struct taint);
    if (!made) {
        t->work->nomem = true;
        return NULL;
    }
    if (v) *made = *v;
    return made;
}

/* Which source a message names when there are several. */
static unsigned rank(uint16_t kinds)
{
    if (kinds & (TAINT_MODEL | TAINT_TOOL)) return 5;
    if (kinds & (TAINT_REQUEST | TAINT_UPLOAD)) return 4;
    if (kinds & (TAINT_NET | TAINT_ARCHIVE)) return 3;
    if (kinds & (TAINT_DOCS | TAINT_ASKED)) return 2;
    return kinds & TAINT_OTHER ? 1 : 0;
}

static bool only_file(const struct taint *v)
{
    return !v->kinds && !v->params;
}

/* Does a already say all that b says? */
static bool covers(const struct taint *a, const struct taint *b)
{
    return !(b->kinds & ~a->kinds) && !(b->params & ~a->params) && !(b->file & ~a->file) &&
           (only_file(b) || !(a->safe & ~b->safe)) && (!b->root || a->root);
}

static uint16_t joined_safe(const struct taint *a, const struct taint *b)
{
    if (only_file(a)) return b->safe;
    if (only_file(b)) return a->safe;
    /* what is open in one and chosen by others in the other is safe for what the worse one is */
    bool open_a = a->kinds == TAINT_OPEN && !a->params,
         open_b = b->kinds == TAINT_OPEN && !b->params;
    uint16_t safe = open_a == open_b ? a->safe & b->safe : open_a ? b->safe : a->safe;
    /* join(folder, basename(name)): the folder that callers hand over is theirs to choose */
    if (!a->kinds != !b->kinds) safe |= (a->kinds ? a : b)->safe & SAFE_PATH;
    return safe;
}

const struct taint *taint_join(struct taint_flow *t, const struct taint *a, const struct taint *b)
{
    if (a == b) return a;
    if (!a || !b) return (a ? a : b)->guard ? NULL : a ? a : b; /* known on one side only */
    if (covers(a, b)) return a;
    if (covers(b, a)) return b;
    struct taint *made = taint_copy(t, rank(b->kinds) > rank(a->kinds) ? b : a);
    if (!made) return a;
    made->kinds = a->kinds | b->kinds;
    made->params = a->params | b->params;
    made->file = a->file | b->file;
    made->safe = joined_safe(a, b);
    made->root = a->root ? a->root : b->root;
    return made;
}

const struct taint *taint_made_safe(struct taint_flow *t, const struct taint *v, uint16_t safe)
{
    if (!v || (v->safe & safe) == safe) return v;
    if (safe == SAFE_ALL && !v->file) return NULL;
    struct taint *made = taint_copy(t, v);
    if (made) made->safe |= safe;
    return made;
}

const struct taint *taint_source(struct taint_flow *t, uint16_t kinds, uint32_t node)
{
    struct taint *made = taint_copy(t, NULL);
    if (!made) return NULL;
    made->kinds = kinds;
    made->line = module_node(t->m, node)->line;
    made->what = module_source(t->m, node);
    if (kinds & TAINT_OTHER) t->sources = true;
    return made;
}

struct taint taint_worst(const struct taint_flow *t, uint32_t scope, const struct taint *v)
{
    struct taint out = *v;
    const struct def_taint *def = &t->work->defs[scope];
    if (v->params) out.kinds |= TAINT_OPEN;
    for (uint32_t i = 0; v->params && i < def->count && i < PARAM_MAX; i++) {
        const struct taint *p = v->params >> i & 1 ? def->params[i] : NULL;
        if (!p) continue;
        if (rank(p->kinds) > rank(out.kinds)) {
            out.line = p->line;
            out.what = p->what;
        }
        out.kinds |= p->kinds;
        out.file |= p->file;
    }
    out.params = 0;
    return out;
}

const struct taint *taint_outside(struct taint_flow *t, uint32_t scope, const struct taint *v)
{
    if (!v || (!v->params && !v->root)) return v;
    struct taint worst = taint_worst(t, scope, v);
    worst.root = 0;
    return taint_copy(t, &worst);
}

/* ---- lists that grow ---- */

static bool push(struct taint_flow *t, struct changes *c, struct change one)
{
    if (c->count == c->room) {
        uint32_t room = c->room ? c->room * 2 : 64;
        struct change *list = ARENA_ROOM(t->m->arena, struct change, room);
        if (!list) return !(t->work->nomem = true);
        if (c->count) memcpy(list, c->list, c->count * sizeof *list);
        c->list = list;
        c->room = room;
    }
    c->list[c->count++] = one;
    return true;
}

static uint32_t slot_new(struct taint_flow *t, uint32_t scope)
{
    struct taint_work *w = t->work;
    if (w->slot_count == w->slot_room) {
        uint32_t room = w->slot_room ? w->slot_room * 2 : 256;
        struct slot *slots = ARENA_ROOM(t->m->arena, struct slot, room);
        if (!slots) {
            w->nomem = true;
            return 0;
        }
        if (w->slot_count) memcpy(slots, w->slots, w->slot_count * sizeof *slots);
        w->slots = slots;
        w->slot_room = room;
        if (!w->slot_count) w->slots[w->slot_count++] = (struct slot){0};
    }
    w->slots[w->slot_count] = (struct slot){.scope = scope};
    return w->slot_count++;
}

/* ---- variables ---- */

uint32_t env_slot(struct taint_flow *t, uint32_t scope, struct slice name, bool make)
{
    struct map *slots = &t->work->defs[scope].slots;
    union map_value v;
    if (map_get(slots, name, &v)) return (uint32_t)v.num;
    if (!make || !name.n) return 0;
    uint32_t slot = slot_new(t, scope);
    if (slot && !map_put(slots, name, (union map_value){.num = slot}, NULL)) t->work->nomem = true;
    return slot;
}

void env_set(struct taint_flow *t, uint32_t slot, const struct taint *v)
{
    struct taint_work *w = t->work;
    if (!slot) return;
    if (w->frame_count && !push(t, &w->log, (struct change){slot, w->slots[slot].cur})) return;
    w->slots[slot].cur = v;
}

void env_add(struct taint_flow *t, uint32_t slot, const struct taint *v)
{
    struct taint_work *w = t->work;
    if (!slot || !v) return;
    if (w->slots[slot].scope == w->scope) {
        env_set(t, slot, taint_join(t, w->slots[slot].cur, v));
        return;
    }
    const struct taint *late = w->slots[slot].late;
    const struct taint *more = taint_join(t, late, taint_outside(t, w->scope, v));
    if (late && covers(late, more)) return;
    w->slots[slot].late = more;
    w->changed = true;
}

uint32_t env_find(struct taint_flow *t, struct slice name, uint32_t *ret_scope)
{
    const struct module *m = t->m;
    union map_value other;
    uint32_t scope = t->work->scope;
    if (map_get(&m->scopes[scope].outer, name, &other)) scope = (uint32_t)other.num;
    for (uint32_t first = scope; scope != NO_SCOPE; scope = m->scopes[scope].parent) {
        if (m->scopes[scope].kind == SCOPE_CLASS && scope != first) continue;
        uint32_t slot = env_slot(t, scope, name, false);
        *ret_scope = scope;
        if (slot) return slot;
    }
    return 0;
}

const struct taint *env_read(struct taint_flow *t, uint32_t slot, uint32_t scope)
{
    const struct slot *s = &t->work->slots[slot];
    const struct taint *v = s->late ? taint_join(t, s->cur, s->late) : s->cur;
    return scope == t->work->scope ? v : taint_outside(t, scope, v);
}

/* ---- branches ---- */

static enum py_stmt_kind kind_of(const struct taint_flow *t, uint32_t stmt)
{
    return t->m->tree->stmts[stmt].kind;
}

static bool loops(const struct taint_flow *t, uint32_t stmt)
{
    return kind_of(t, stmt) == PS_FOR || kind_of(t, stmt) == PS_WHILE;
}

void env_open(struct taint_flow *t, uint32_t stmt)
{
    struct taint_work *w = t->work;
    if (w->frame_count == w->frame_room) {
        uint32_t room = w->frame_room ? w->frame_room * 2 : 32;
        struct frame *frames = ARENA_ROOM(t->m->arena, struct frame, room);
        if (!frames) {
            w->nomem = true;
            return;
        }
        if (w->frame_count) memcpy(frames, w->frames, w->frame_count * sizeof *frames);
        w->frames = frames;
        w->frame_room = room;
    }
    w->frames[w->frame_count++] =
        (struct frame){stmt, w->log.count, w->ends.count, w->breaks.count, 0, true, 0};
    if (!loops(t, stmt)) return;
    for (const struct carry *c = w->carried[stmt]; c; c = c->next) env_add(t, c->slot, c->taint);
}

/* Keep the changes of the branch that is over: each variable once, as it is at the end. */
static void keep(struct taint_flow *t, const struct frame *f)
{
    struct taint_work *w = t->work;
    uint32_t stamp = ++w->stamp;
    for (uint32_t i = w->log.count; i-- > f->log;) {
        uint32_t slot = w->log.list[i].slot;
        if (w->slots[slot].stamp == stamp) continue;
        w->slots[slot].stamp = stamp;
        if (!push(t, &w->ends, (struct change){slot, w->slots[slot].cur})) return;
    }
}

static void undo(struct taint_work *w, uint32_t log)
{
    while (w->log.count > log) {
        struct change *c = &w->log.list[--w->log.count];
        w->slots[c->slot].cur = c->taint;
    }
}

static void end_branch(struct taint_flow *t, struct frame *f)
{
    if (f->live) {
        keep(t, f);
        f->live_ends++;
    }
    undo(t->work, f->log);
}

void env_branch(struct taint_flow *t)
{
    if (!t->work->frame_count) return;
    struct frame *f = &t->work->frames[t->work->frame_count - 1];
    end_branch(t, f);
    f->live = true;
}

/* What a `break` leaves holds behind its loop: put aside until that is over. */
static void keep_break(struct taint_flow *t)
{
    struct taint_work *w = t->work;
    for (uint32_t i = w->frame_count; i-- > 0;) {
        const struct frame *f = &w->frames[i];
        if (!loops(t, f->stmt)) continue;
        for (uint32_t k = f->log; k < w->log.count && w->breaks.count < BREAKS_MAX; k++) {
            uint32_t slot = w->log.list[k].slot;
            if (!push(t, &w->breaks, (struct change){slot, w->slots[slot].cur})) return;
        }
        return;
    }
}

void env_stop(struct taint_flow *t, bool breaks)
{
    struct taint_work *w = t->work;
    if (!w->frame_count) return;
    if (breaks) keep_break(t);
    w->frames[w->frame_count - 1].live = false;
}

static void carry(struct taint_flow *t, uint32_t stmt, uint32_t slot, const struct taint *v)
{
    struct taint_work *w = t->work;
    if (!v || !(v->kinds & TAINT_OTHER) || w->slots[slot].scope != w->scope) return;
    unsigned n = 0;
    for (struct carry *c = w->carried[stmt]; c; c = c->next) {
        if (++n > CARRY_MAX) return;
        if (c->slot != slot) continue;
        if (covers(c->taint, v)) return;
        c->taint = taint_join(t, c->taint, v);
        w->changed = true;
        return;
    }
    struct carry *c = ARENA_NEW(t->m->arena, struct carry);
    if (!c) {
        w->nomem = true;
        return;
    }
    *c = (struct carry){w->carried[stmt], slot, v};
    w->carried[stmt] = c;
    w->changed = true;
}

/* Each variable that a branch changed: what it is at the ends of the branches, and, where a branch
 * did not change it, what it was. */
static void join_ends(struct taint_flow *t, const struct frame *f)
{
    struct taint_work *w = t->work;
    uint32_t stamp = ++w->stamp, count = w->ends.count;
    for (uint32_t i = f->ends; i < count; i++) {
        struct slot *s = &w->slots[w->ends.list[i].slot];
        const struct taint *v = w->ends.list[i].taint;
        bool first = s->stamp != stamp;
        s->joined = first ? v : taint_join(t, s->joined, v);
        s->times = first ? 1 : s->times + 1;
        s->stamp = stamp;
        if (loops(t, f->stmt)) carry(t, f->stmt, w->ends.list[i].slot, v);
    }
    w->ends.count = f->ends;
    stamp = ++w->stamp;
    for (uint32_t i = f->ends; i < count; i++) {
        uint32_t slot = w->ends.list[i].slot;
        struct slot *s = &w->slots[slot];
        if (s->stamp == stamp) continue;
        s->stamp = stamp;
        const struct taint *v = s->joined;
        if (s->times < f->live_ends) v = taint_join(t, v, s->cur);
        env_set(t, slot, v);
    }
}

void env_close(struct taint_flow *t, bool soft)
{
    struct taint_work *w = t->work;
    if (!w->frame_count) return;
    struct frame *f = &w->frames[w->frame_count - 1];
    end_branch(t, f);
    struct frame done = *f;
    w->frame_count--;
    if (done.live_ends)
        join_ends(t, &done);
    else
        w->ends.count = done.ends;
    if (loops(t, done.stmt)) {
        for (uint32_t i = done.breaks; i < w->breaks.count; i++)
            env_add(t, w->breaks.list[i].slot, w->breaks.list[i].taint);
        w->breaks.count = done.breaks;
    } else if (!done.live_ends && !soft && w->frame_count) {
        w->frames[w->frame_count - 1].live = false;
    }
}
