/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_run.c - fetch, decode, run: the unpickler's loop over one table of opcodes.
 * After Lib/pickle.py and Modules/_pickle.c of CPython 3.8 to 3.13; where the two differ, the more
 * permissive one is followed, because a loader may use either. */
#include "read/model/pickle_opcodes.h"

#define STEPS       256u                /* opcodes paid for at once */
#define RELEASE     ((uint64_t)8 << 20) /* give pages back after so many bytes */
#define FOLD_BUDGET ((uint64_t)16 << 20)

static const struct opcode opcodes[256] = {
    ['('] = {"MARK", ARG_NONE, 0, vm_op_mark},
    ['.'] = {"STOP", ARG_NONE, 0, vm_op_stop},
    ['0'] = {"POP", ARG_NONE, 0, vm_op_pop},
    ['1'] = {"POP_MARK", ARG_NONE, 1, vm_op_pop_mark},
    ['2'] = {"DUP", ARG_NONE, 0, vm_op_dup},
    ['F'] = {"FLOAT", ARG_LINE, 0, vm_op_float},
    ['I'] = {"INT", ARG_LINE, 0, vm_op_int},
    ['J'] = {"BININT", ARG_U4, 1, vm_op_binint},
    ['K'] = {"BININT1", ARG_U1, 1, vm_op_unsigned},
    ['L'] = {"LONG", ARG_LINE, 0, vm_op_long},
    ['M'] = {"BININT2", ARG_U2, 1, vm_op_unsigned},
    ['N'] = {"NONE", ARG_NONE, 0, vm_op_none},
    ['P'] = {"PERSID", ARG_LINE, 0, vm_op_persid},
    ['Q'] = {"BINPERSID", ARG_NONE, 1, vm_op_binpersid},
    ['R'] = {"REDUCE", ARG_NONE, 0, vm_op_reduce},
    ['S'] = {"STRING", ARG_LINE, 0, vm_op_string},
    ['T'] = {"BINSTRING", ARG_STR4_SIGNED, 1, vm_op_bytes},
    ['U'] = {"SHORT_BINSTRING", ARG_STR1, 1, vm_op_bytes},
    ['V'] = {"UNICODE", ARG_LINE, 0, vm_op_unicode},
    ['X'] = {"BINUNICODE", ARG_STR4, 1, vm_op_text},
    ['a'] = {"APPEND", ARG_NONE, 0, vm_op_append},
    ['b'] = {"BUILD", ARG_NONE, 0, vm_op_build},
    ['c'] = {"GLOBAL", ARG_LINES, 0, vm_op_global},
    ['d'] = {"DICT", ARG_NONE, 0, vm_op_dict},
    ['}'] = {"EMPTY_DICT", ARG_NONE, 1, vm_op_empty_dict},
    ['e'] = {"APPENDS", ARG_NONE, 1, vm_op_appends},
    ['g'] = {"GET", ARG_LINE, 0, vm_op_get},
    ['h'] = {"BINGET", ARG_U1, 1, vm_op_binget},
    ['i'] = {"INST", ARG_LINES, 0, vm_op_inst},
    ['j'] = {"LONG_BINGET", ARG_U4, 1, vm_op_binget},
    ['l'] = {"LIST", ARG_NONE, 0, vm_op_list},
    [']'] = {"EMPTY_LIST", ARG_NONE, 1, vm_op_empty_list},
    ['o'] = {"OBJ", ARG_NONE, 1, vm_op_obj},
    ['p'] = {"PUT", ARG_LINE, 0, vm_op_put},
    ['q'] = {"BINPUT", ARG_U1, 1, vm_op_binput},
    ['r'] = {"LONG_BINPUT", ARG_U4, 1, vm_op_binput},
    ['s'] = {"SETITEM", ARG_NONE, 0, vm_op_setitem},
    ['t'] = {"TUPLE", ARG_NONE, 0, vm_op_tuple},
    [')'] = {"EMPTY_TUPLE", ARG_NONE, 1, vm_op_empty_tuple},
    ['u'] = {"SETITEMS", ARG_NONE, 1, vm_op_setitems},
    ['G'] = {"BINFLOAT", ARG_RAW8, 1, vm_op_binfloat},
    [0x80] = {"PROTO", ARG_U1, 2, vm_op_proto},
    [0x81] = {"NEWOBJ", ARG_NONE, 2, vm_op_newobj},
    [0x82] = {"EXT1", ARG_U1, 2, vm_op_ext},
    [0x83] = {"EXT2", ARG_U2, 2, vm_op_ext},
    [0x84] = {"EXT4", ARG_U4, 2, vm_op_ext},
    [0x85] = {"TUPLE1", ARG_NONE, 2, vm_op_tuple1},
    [0x86] = {"TUPLE2", ARG_NONE, 2, vm_op_tuple2},
    [0x87] = {"TUPLE3", ARG_NONE, 2, vm_op_tuple3},
    [0x88] = {"NEWTRUE", ARG_NONE, 2, vm_op_true},
    [0x89] = {"NEWFALSE", ARG_NONE, 2, vm_op_false},
    [0x8a] = {"LONG1", ARG_STR1, 2, vm_op_long_bytes},
    [0x8b] = {"LONG4", ARG_STR4_SIGNED, 2, vm_op_long_bytes},
    ['B'] = {"BINBYTES", ARG_STR4, 3, vm_op_bytes},
    ['C'] = {"SHORT_BINBYTES", ARG_STR1, 3, vm_op_bytes},
    [0x8c] = {"SHORT_BINUNICODE", ARG_STR1, 4, vm_op_text},
    [0x8d] = {"BINUNICODE8", ARG_STR8, 4, vm_op_text},
    [0x8e] = {"BINBYTES8", ARG_STR8, 4, vm_op_bytes},
    [0x8f] = {"EMPTY_SET", ARG_NONE, 4, vm_op_empty_set},
    [0x90] = {"ADDITEMS", ARG_NONE, 4, vm_op_additems},
    [0x91] = {"FROZENSET", ARG_NONE, 4, vm_op_frozenset},
    [0x92] = {"NEWOBJ_EX", ARG_NONE, 4, vm_op_newobj_ex},
    [0x93] = {"STACK_GLOBAL", ARG_NONE, 4, vm_op_stack_global},
    [0x94] = {"MEMOIZE", ARG_NONE, 4, vm_op_memoize},
    [0x95] = {"FRAME", ARG_U8, 4, vm_op_frame},
    [0x96] = {"BYTEARRAY8", ARG_STR8, 5, vm_op_bytearray},
    [0x97] = {"NEXT_BUFFER", ARG_NONE, 5, vm_op_next_buffer},
    [0x98] = {"READONLY_BUFFER", ARG_NONE, 5, vm_op_readonly_buffer},
};

const struct opcode *pickle_opcode(uint8_t code)
{
    return opcodes[code].run ? &opcodes[code] : NULL;
}

bool pickle_operand(struct cursor *c, enum operand_kind kind, size_t line, struct operand *ret)
{
    *ret = (struct operand){0};
    switch (kind) {
    case ARG_NONE: break;
    case ARG_U1: ret->n = cur_u8(c); break;
    case ARG_U2: ret->n = cur_u16le(c); break;
    case ARG_U4: ret->n = cur_u32le(c); break;
    case ARG_U8: ret->n = cur_u64le(c); break;
    case ARG_LINE: ret->s = cur_until(c, '\n', line); break;
    case ARG_LINES:
        ret->s = cur_until(c, '\n', line);
        ret->t = cur_until(c, '\n', line);
        break;
    case ARG_STR1: ret->n = cur_u8(c); break;
    case ARG_STR4: ret->n = cur_u32le(c); break;
    case ARG_STR4_SIGNED: ret->n = (uint64_t)(int64_t)(int32_t)cur_u32le(c); break;
    case ARG_STR8: ret->n = cur_u64le(c); break;
    case ARG_RAW8: ret->n = 8; break;
    }
    if (kind >= ARG_STR1 && ret->n <= INT64_MAX) ret->s = cur_bytes(c, ret->n);
    return cur_ok(c);
}

static enum st truncated(struct machine *m)
{
    tell_anomaly(m->r, ANOMALY_TRUNCATED, m->at, "opcode %llu%s%s: the stream ends before its STOP",
                 (unsigned long long)m->sum->opcodes, m->op ? ", " : "", m->op ? m->op->name : "");
    return ST_TRUNCATED;
}

/* The unpickler in Python lets no operand lie across the end of a frame. */
static void check_frame(struct machine *m, const struct operand *a)
{
    uint64_t end = cur_pos(m->c);
    if (end <= m->frame_end) return;
    bool across = m->at < m->frame_end && end - a->s.n != m->frame_end;
    if (across && !m->told_frame) {
        m->told_frame = true;
        tell_anomaly(m->r, ANOMALY_MALFORMED, m->at,
                     "opcode %llu, %s lies across the end of a frame",
                     (unsigned long long)m->sum->opcodes, m->op->name);
    }
    m->frame_end = 0;
}

/* Opcodes count before they run, so that a stream that breaks knows where. */
static enum st step(struct machine *m)
{
    struct operand a;
    m->at = cur_pos(m->c);
    if (!cur_left(m->c)) {
        m->op = NULL;
        return truncated(m);
    }
    uint8_t code = cur_u8(m->c);
    m->op = &opcodes[code];
    if (!m->op->run) {
        m->op = NULL;
        return vm_broke(m, "0x%02x is no opcode", code);
    }
    if (!pickle_operand(m->c, m->op->operand, SIZE_MAX, &a)) return truncated(m);
    if (a.n > INT64_MAX && m->op->operand >= ARG_STR1)
        return vm_broke(m, "a length of %lld", (long long)a.n);
    if (m->frame_end) check_frame(m, &a);
    if (m->op->protocol > m->sum->protocol) m->sum->protocol = m->op->protocol;
    enum st st = m->op->run(m, &a);
    m->sum->opcodes++;
    return st;
}

static enum st spend(struct machine *m)
{
    uint64_t at = cur_pos(m->c);
    if (at - m->released > RELEASE) {
        layer_release(m->r->layer, m->released, at - m->released);
        m->released = at;
    }
    if (budget_work(m->r->budget, STEPS)) return ST_OK;
    tell_unread(m->r, UNREAD_LIMIT, at, cur_left(m->c), "the budget of %s is used up",
                m->r->budget->spent);
    return ST_LIMIT;
}

static enum st run(struct machine *m)
{
    enum st st = ST_OK;
    while (st == ST_OK && !m->stopped) {
        if (m->sum->opcodes % STEPS == 0) st = spend(m);
        if (st == ST_OK) st = step(m);
    }
    return st;
}

enum st pickle_run_in(struct session *session, struct reading *r, struct cursor *c,
                      const struct pickle_options *opt, struct pickle_summary *ret)
{
    struct machine m = {.r = r,
                        .c = c,
                        .opt = opt,
                        .sum = ret,
                        .session = session,
                        .heap = {.arena = r->arena},
                        .fold_budget = FOLD_BUDGET,
                        .released = cur_pos(c)};
    *ret = (struct pickle_summary){.start = cur_pos(c), .result = VALUE_UNKNOWN};
    map_init(&m.memo_far, r->arena, 1);
    map_init(&m.imports, r->arena, 2);
    m.last = &m.first;
    enum st st = run(&m);
    ret->end = st == ST_OK ? cur_pos(c) : m.at;
    ret->left = m.depth;
    vm_tell_imports(&m);
    return st;
}

enum st pickle_run(struct reading *r, struct cursor *c, const struct pickle_options *opt,
                   struct pickle_summary *ret)
{
    struct session session = {0};
    return pickle_run_in(&session, r, c, opt, ret);
}
