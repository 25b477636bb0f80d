/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.c - runs the programs that tools/pattern.py makes.
 *
 * A program is words: SET s | RUN s m n | REP s m n | LAZY s m n | SPLIT a b | JMP a | BOUND |
 * AHEAD s | BEHIND s | OPEN | CLOSE | END. RUN takes as much as there is and never gives back; REP
 * and LAZY leave one entry on the stack, which holds how far they may still go; SPLIT leaves its
 * second way. Work: every byte taken and every instruction is a step, and STEPS is the end of it.
 */
#include "detect/engine/pattern.h"
#include "base/ascii.h"
#include "detect/engine/tables.h"

enum op { SET, RUN, REP, LAZY, SPLIT, JMP, BOUND, AHEAD, BEHIND, OPEN, CLOSE, END };

#define STACK 96
#define STEPS 6000

struct retry {
    uint16_t pc;
    bool lazy;
    uint32_t at, least, most; /* REP: give back down to `least`; LAZY: take up to `most` */
    uint32_t open, close;
};

struct machine {
    const uint16_t *code;
    struct slice text;
    uint32_t at, pc; /* a view is short: 32 bits will do */
    uint32_t open, close;
    unsigned steps, depth;
    uint32_t start, held; /* see struct match */
    struct retry stack[STACK];
};

static bool is_word(uint8_t c)
{
    return ascii_alnum(c) || c == '_';
}

bool pattern_starts_word(struct slice text, size_t at)
{
    if (at == 0 || !is_word(text.p[at - 1])) return true;
    uint8_t before = text.p[at - 1];
    if (at >= 2 && text.p[at - 2] == '\\' && (before == 'n' || before == 't' || before == 'r'))
        return true;
    if (at >= 3 && text.p[at - 3] == '%' && ascii_is_hex(before) && ascii_is_hex(text.p[at - 2])) {
        uint8_t high = text.p[at - 2]; /* %20, %22, %3D, %3A, %0A ... but not a letter */
        return high == '2' || high == '0' || (high == '3' && !ascii_digit(before));
    }
    return at >= 6 && text.p[at - 6] == '\\' && text.p[at - 5] == 'u' && text.p[at - 4] == '0' &&
           text.p[at - 3] == '0' && text.p[at - 2] <= '3';
}

/* Has the program a group? */
static bool has_group(const uint16_t *w)
{
    static const uint8_t size[] = {
        [SET] = 2,   [RUN] = 4,   [REP] = 4,    [LAZY] = 4, [SPLIT] = 3, [JMP] = 2,
        [BOUND] = 1, [AHEAD] = 2, [BEHIND] = 2, [OPEN] = 1, [CLOSE] = 1};
    for (; *w != END; w += size[*w])
        if (*w == OPEN) return true;
    return false;
}

bool pattern_has_group(uint32_t program)
{
    return has_group(programs + program);
}

/* What stands behind the text would decide here. A group that is not open yet can only begin
 * there. */
static void touch(struct machine *m)
{
    uint32_t from = m->open;
    if (from == UINT32_MAX) from = has_group(m->code) ? (uint32_t)m->text.n : m->start;
    if (from < m->held) m->held = from;
}

static bool at_bound(struct machine *m)
{
    if (m->at == m->text.n) touch(m);
    bool next = m->at < m->text.n && is_word(m->text.p[m->at]);
    if (next) return pattern_starts_word(m->text, m->at);
    return m->at > 0 && is_word(m->text.p[m->at - 1]);
}

static bool push(struct machine *m, struct retry r)
{
    if (m->depth == STACK) return false;
    r.open = m->open;
    r.close = m->close;
    m->stack[m->depth++] = r;
    return true;
}

static size_t run_of(struct machine *m, uint16_t set, size_t most)
{
    size_t left = m->text.n - m->at, n = set_run(set, m->text, m->at, most);
    if (most > left && n == left) touch(m);
    m->steps += (unsigned)(n / 4);
    return n;
}

static bool do_repeat(struct machine *m, enum op op)
{
    const uint16_t *w = m->code + m->pc;
    size_t n = run_of(m, w[1], op == LAZY ? w[2] : w[3]);
    if (n < w[2]) return false;
    uint32_t from = m->at;
    m->at += (uint32_t)n;
    m->pc += 4;
    if (op == RUN || w[2] == w[3]) return true;
    struct retry r = {
        .pc = (uint16_t)m->pc, .at = m->at, .least = from + w[2], .most = from + w[3]};
    r.lazy = op == LAZY;
    return (r.lazy || r.at > r.least) ? push(m, r) : true;
}

/* One instruction. False: this way is closed. */
static bool step(struct machine *m)
{
    const uint16_t *w = m->code + m->pc;
    bool more = m->at < m->text.n;
    switch ((enum op)w[0]) {
    case SET:
        if (!more) touch(m);
        if (!more || !in_set(w[1], m->text.p[m->at])) return false;
        m->at++;
        m->pc += 2;
        return true;
    case RUN:
    case REP:
    case LAZY: return do_repeat(m, (enum op)w[0]);
    case SPLIT:
        m->pc = w[1];
        return push(m, (struct retry){.pc = w[2], .at = m->at, .least = m->at});
    case JMP: m->pc = w[1]; return true;
    case BOUND: m->pc++; return at_bound(m);
    case AHEAD:
        if (!more) touch(m);
        m->pc += 2;
        return !more || !in_set(w[1], m->text.p[m->at]);
    case BEHIND: m->pc += 2; return m->at == 0 || !in_set(w[1], m->text.p[m->at - 1]);
    case OPEN:
        m->pc++;
        m->open = m->at;
        return true;
    case CLOSE:
        m->pc++;
        m->close = m->at;
        return true;
    case END: break;
    }
    return true;
}

/* Take the newest other way. */
static bool back(struct machine *m)
{
    while (m->depth) {
        struct retry *r = &m->stack[m->depth - 1];
        m->open = r->open;
        m->close = r->close;
        m->pc = r->pc;
        if (r->lazy) {
            uint16_t set = m->code[r->pc - 3];
            if (r->at < r->most && r->at == m->text.n) touch(m);
            if (r->at < r->most && r->at < m->text.n && in_set(set, m->text.p[r->at])) {
                m->at = ++r->at;
                return true;
            }
            m->depth--;
            continue;
        }
        if (r->at > r->least) { /* a REP with something to give back */
            m->at = --r->at;
            if (r->at == r->least) m->depth--;
            return true;
        }
        m->at = r->at; /* a SPLIT */
        m->depth--;
        return true;
    }
    return false;
}

bool pattern_match(uint32_t program, struct slice text, size_t at, struct match *ret)
{
    struct machine m; /* its stack is large, and filled before it is read */
    m.code = programs + program;
    m.text = text;
    m.at = m.start = (uint32_t)at;
    m.held = UINT32_MAX;
    m.pc = m.steps = m.depth = 0;
    m.open = m.close = UINT32_MAX;
    bool matched = true;
    while (matched && m.code[m.pc] != END) matched = ++m.steps <= STEPS && (step(&m) || back(&m));
    ret->open = m.held == UINT32_MAX ? SIZE_MAX : m.held;
    if (!matched) return false;
    *ret = (struct match){at, m.at, at, m.at, ret->open};
    if (m.open != UINT32_MAX && m.close != UINT32_MAX && m.close >= m.open) {
        ret->value_from = m.open;
        ret->value_to = m.close;
    }
    return m.at > at;
}
