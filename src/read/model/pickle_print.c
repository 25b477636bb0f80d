/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_print.c - a value as Python would show it, for the evidence of a finding.
 * The walk is a stack of PRINT_DEPTH open containers, so that nesting and cycles end. */
#include "base/utf8.h"
#include "read/model/pickle_value.h"

#define PRINT_DEPTH  6
#define PRINT_ITEMS  8
#define PRINT_STRING 120u

struct open {
    struct pickle_value v;
    uint64_t next;
};

static void print_bytes(struct buf *out, struct slice s)
{
    buf_str(out, "b'");
    for (size_t i = 0; i < s.n && i < PRINT_STRING; i++) {
        uint8_t b = s.p[i];
        if (b >= ' ' && b < 0x7f && b != '\'' && b != '\\')
            buf_byte(out, b);
        else
            buf_printf(out, "\\x%02x", b);
    }
    buf_str(out, s.n > PRINT_STRING ? "..." : "");
    buf_byte(out, '\'');
}

static void print_text(struct buf *out, struct slice s)
{
    size_t n = s.n > PRINT_STRING ? PRINT_STRING : s.n;
    while (n < s.n && n > PRINT_STRING - 4 && (s.p[n] & 0xc0) == 0x80) n--;
    buf_byte(out, '\'');
    esc_tty(out, slice_sub(s, 0, n));
    buf_str(out, s.n > n ? "..." : "");
    buf_byte(out, '\'');
}

static void print_number(struct buf *out, struct pickle_value v)
{
    int64_t n = 0;
    bool exact = pickle_int(v, &n);
    buf_printf(out, exact ? "%lld" : "about %lld", (long long)n);
}

static void print_global(struct buf *out, const struct pickle_global *g)
{
    if (g->naming == PICKLE_NAME_HIDDEN) buf_str(out, "(a computed name)");
    if (g->naming == PICKLE_NAME_CODE) buf_printf(out, "(extension %u)", g->extension);
    esc_tty(out, slice_sub(g->module, 0, PRINT_STRING));
    buf_str(out, g->module.n ? "." : "");
    esc_tty(out, slice_sub(g->name, 0, PRINT_STRING));
}

/* A value without parts, or the opening bracket of one with parts (true). */
static bool print_start(struct buf *out, struct pickle_value v)
{
    struct slice s = {0};
    double d = 0;
    switch (pickle_kind(v)) {
    case PV_NONE: buf_str(out, "None"); return false;
    case PV_BOOL: buf_str(out, v.bits == VALUE_TRUE.bits ? "True" : "False"); return false;
    case PV_INT: print_number(out, v); return false;
    case PV_FLOAT:
        (void)pickle_float(v, &d);
        buf_printf(out, "%.12g", d);
        return false;
    case PV_TEXT:
        (void)pickle_text(v, &s);
        print_text(out, s);
        return false;
    case PV_BYTES:
        (void)pickle_bytes(v, &s);
        print_bytes(out, s);
        return false;
    case PV_GLOBAL: {
        const struct pickle_global *g = pickle_global(v);
        if (g) print_global(out, g);
        return false;
    }
    case PV_TUPLE: buf_byte(out, '('); return true;
    case PV_LIST: buf_byte(out, '['); return true;
    case PV_DICT:
    case PV_SET: buf_byte(out, '{'); return true;
    case PV_OBJECT: return true;
    case PV_PERSID: buf_str(out, "persistent id "); return true;
    default: buf_byte(out, '?'); return false;
    }
}

static struct pickle_value part(struct pickle_value v, uint64_t i)
{
    if (pickle_kind(v) != PV_OBJECT) return pickle_item(v, i);
    return i == 0 ? pickle_callee(v) : pickle_args(v);
}

static uint64_t parts(struct pickle_value v)
{
    enum pickle_kind k = pickle_kind(v);
    if (k == PV_OBJECT) return 2;
    return k == PV_PERSID ? 1 : pickle_kept(v);
}

static void print_between(struct buf *out, const struct open *o)
{
    enum pickle_kind k = pickle_kind(o->v);
    if (!o->next || k == PV_OBJECT) return;
    buf_str(out, k == PV_DICT && o->next % 2 ? ": " : ", ");
}

static void print_end(struct buf *out, const struct open *o)
{
    enum pickle_kind k = pickle_kind(o->v);
    if (k == PV_OBJECT || k == PV_PERSID) return;
    if (o->next < pickle_count(o->v))
        buf_str(out, o->next ? ", ..." : "...");
    else if (k == PV_TUPLE && o->next == 1)
        buf_byte(out, ',');
    buf_byte(out, k == PV_TUPLE ? ')' : k == PV_LIST ? ']' : '}');
}

void pickle_print(struct buf *out, struct pickle_value v, size_t max)
{
    struct open stack[PRINT_DEPTH];
    size_t depth = 0, limit = out->n + max;
    struct pickle_value now = v;
    bool more = true;
    while (more) {
        if (print_start(out, now)) {
            if (depth == PRINT_DEPTH || out->n > limit) {
                buf_str(out, "...");
                print_end(out, &(struct open){now, pickle_count(now)});
            } else {
                stack[depth++] = (struct open){now, 0};
            }
        }
        more = false;
        while (depth && !more) {
            struct open *o = &stack[depth - 1];
            more = o->next < parts(o->v) && o->next < PRINT_ITEMS && out->n <= limit;
            if (more) {
                print_between(out, o);
                now = part(o->v, o->next++);
            } else {
                print_end(out, o);
                depth--;
            }
        }
        if (out->bad) return;
    }
}
