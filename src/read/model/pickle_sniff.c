/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_sniff.c - is this a pickle?
 *
 * Problem  protocols 0 and 1 have no magic number, and every letter may be an opcode; a file that
 *          breaks after its payload must not pass for something else.
 * Idea     walk the opcodes with the depth of the stack only. Text breaks the rules within a few
 *          bytes: an opcode that does not exist, a value that is missing, a number that is none.
 *          The less the beginning says, the more must follow. */
#include "base/ascii.h"
#include "read/model/pickle_machine.h"

#define WALK_OPS   65536u
#define WALK_LINE  4096u
#define WALK_MARKS 256u

struct walk {
    struct cursor c;
    uint64_t depth, marks[WALK_MARKS];
    unsigned mark_count, ops;
    bool header, framed, imported, acted, stopped, ended;
};

static bool identifier(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t b = s.p[i];
        bool letter = ascii_letter(b) || b == '_' || b >= 0x80;
        bool inside = ascii_digit(b) || b == '.' || b == '<' || b == '>';
        if (!letter && !(inside && i > 0)) return false;
    }
    return s.n > 0 && s.n < 300;
}

static bool looks_numeric(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t b = s.p[i];
        if (!ascii_is_hex(b) && !strchr("+-._xXoOLintyINTY \t\v\f\r", b ? b : '!')) return false;
    }
    return s.n > 0 && s.n < 5000;
}

static bool quoted(struct slice s)
{
    return s.n >= 2 && (s.p[0] == '\'' || s.p[0] == '"') && s.p[s.n - 1] == s.p[0];
}

/* Nothing that no text has. */
static bool printable(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' && s.p[i] != '\t' && s.p[i] != '\r') return false;
    return true;
}

static bool operand_fits(uint8_t code, const struct operand *a)
{
    switch (code) {
    case 'c':
    case 'i': return identifier(a->s) && identifier(a->t);
    case 'I':
    case 'L':
    case 'F':
    case 'g':
    case 'p': return looks_numeric(a->s);
    case 'P':
    case 'V': return printable(a->s);
    case 'S': return quoted(a->s) && printable(a->s);
    case 0x80: return a->n <= 5;
    default: return a->n <= INT64_MAX;
    }
}

/* What an opcode takes and gives; 'm' in front: everything above the mark, too. */
static const char *effect(uint8_t code)
{
    switch (code) {
    case '0': return "10";
    case '1': return "m00";
    case '2': return "12";
    case 'Q':
    case 0x98: return "11";
    case 'R':
    case 'a':
    case 'b':
    case 0x81:
    case 0x93: return "21";
    case 's':
    case 0x92: return "31";
    case 't':
    case 'l':
    case 'd':
    case 'i':
    case 0x91:
    case 'o': return "m01";
    case 'e':
    case 'u':
    case 0x90: return "m11";
    case 'p':
    case 'q':
    case 'r':
    case 0x94: return "11";
    case 0x85: return "11";
    case 0x86: return "21";
    case 0x87: return "31";
    case '.': return "10";
    case '(':
    case 0x80:
    case 0x95: return "00";
    default: return "01";
    }
}

static bool walk_stack(struct walk *w, uint8_t code)
{
    const char *e = effect(code);
    if (code == '0' && w->mark_count && w->marks[w->mark_count - 1] == w->depth) {
        w->mark_count--;
        return true;
    }
    if (e[0] == 'm') {
        if (!w->mark_count) return false;
        uint64_t mark = w->marks[--w->mark_count];
        if (code == 'o' && w->depth == mark) return false;
        w->depth = mark;
        e++;
    }
    unsigned take = (unsigned)(e[0] - '0'), give = (unsigned)(e[1] - '0');
    uint64_t fence = w->mark_count ? w->marks[w->mark_count - 1] : 0;
    if (w->depth - fence < take) return false;
    w->depth = w->depth - take + give;
    if (code != '(') return true;
    if (w->mark_count == WALK_MARKS) return false;
    w->marks[w->mark_count++] = w->depth;
    return true;
}

/* One opcode; false: the walk is over. */
static bool walk_step(struct walk *w)
{
    struct operand a;
    w->ended = !cur_left(&w->c);
    if (w->ended) return false;
    uint8_t code = cur_u8(&w->c);
    const struct opcode *op = pickle_opcode(code);
    if (!op) return false;
    w->ended = !pickle_operand(&w->c, op->operand, WALK_LINE, &a);
    if (w->ended || !operand_fits(code, &a) || !walk_stack(w, code)) return false;
    w->ops++;
    w->imported |= code == 'c' || code == 'i' || code == 0x93 || (code >= 0x82 && code <= 0x84);
    w->acted |=
        w->imported && (code == 'R' || code == 'i' || code == 'o' || code == 0x81 || code == 0x92);
    w->framed |= w->ops == 2 && code == 0x95;
    w->stopped = code == '.';
    return !w->stopped && w->ops < WALK_OPS;
}

static bool blank_rest(const struct walk *w)
{
    struct slice rest = cur_rest(&w->c);
    return !slice_trim(rest).n;
}

static void walk(struct walk *w, struct slice bytes)
{
    w->c = cur_of(bytes); /* field by field: the marks need no clearing */
    w->depth = 0;
    w->mark_count = w->ops = 0;
    w->framed = w->imported = w->acted = w->stopped = w->ended = false;
    w->header = cur_peek(&w->c, 0) == 0x80 && cur_peek(&w->c, 1) >= 0 && cur_peek(&w->c, 1) <= 5;
    while (walk_step(w)) continue;
}

bool pickle_promised(struct slice bytes)
{
    struct walk w;
    walk(&w, bytes);
    return w.header || w.acted || w.ops > 3 || (w.stopped && blank_rest(&w));
}

bool pickle_plausible(struct slice bytes)
{
    struct walk w;
    walk(&w, bytes);
    if (w.acted || w.ops == WALK_OPS) return true;
    if (w.header)
        return w.stopped || w.framed || w.ops > 3 || (w.ended && (w.ops > 2 || bytes.n < 16));
    if (w.stopped) return w.imported || (blank_rest(&w) && w.ops > 3);
    return w.ended && w.imported && w.ops > 3;
}
