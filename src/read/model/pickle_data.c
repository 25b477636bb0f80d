/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_data.c - opcodes that make, move and fill values. */
#include "base/utf8.h"
#include "read/model/pickle_opcodes.h"

#define EXPANSION_MIN   (1ull << 26) /* values, when every reference is followed */
#define DEPTH_MOST      4000         /* an honest pickler gives up at a fraction of it */
#define DIGITS_MOST     4300         /* int() of newer Pythons refuses more */
#define EXPANSION_RATIO 256          /* of them to a byte of the stream */

/* ---- stack and memo ---- */

OPCODE(mark)
{
    (void)a;
    return vm_push_mark(m);
}

OPCODE(stop)
{
    (void)a;
    m->stopped = true;
    enum st st = vm_pop(m, &m->sum->result);
    vm_note_use(m->sum->result, PICKLE_USED_KEPT);
    return st;
}

OPCODE(pop)
{
    (void)a;
    struct pickle_value ignored;
    if (m->mark_count && m->fence == m->depth) {
        vm_drop_mark(m); /* nothing above the mark: the mark itself goes */
        return ST_OK;
    }
    return vm_pop(m, &ignored);
}

OPCODE(pop_mark)
{
    (void)a;
    uint64_t from;
    enum st st = vm_pop_mark(m, &from);
    if (st == ST_OK) m->depth = from;
    return st;
}

OPCODE(dup)
{
    (void)a;
    struct pickle_value v = {0};
    enum st st = vm_top(m, &v);
    return st == ST_OK ? vm_push(m, v) : st;
}

/* The index of GET and PUT: int(text, 10), where spaces and underscores are fine. */
static enum st memo_index(struct machine *m, const struct operand *a, uint64_t *ret)
{
    struct pickle_value v = {0};
    bool odd;
    int64_t n;
    struct slice s = a->s;
    while (s.n > 1 && s.p[0] == '0') s = slice_sub(s, 1, s.n); /* base 10: no octal */
    if (!vm_parse_int(m, s, false, &v, &odd) || !pickle_int(v, &n) || n < 0)
        return vm_broke(m, "'%.*s' is no memo index", (int)(s.n > 40 ? 40 : s.n),
                        (const char *)s.p);
    *ret = (uint64_t)n;
    return ST_OK;
}

OPCODE(get)
{
    uint64_t i = 0;
    enum st st = memo_index(m, a, &i);
    return st == ST_OK ? vm_memo_get(m, i) : st;
}

OPCODE(binget)
{
    return vm_memo_get(m, a->n);
}

OPCODE(put)
{
    uint64_t i = 0;
    enum st st = memo_index(m, a, &i);
    return st == ST_OK ? vm_memo_put(m, i) : st;
}

OPCODE(binput)
{
    return vm_memo_put(m, a->n);
}

OPCODE(memoize)
{
    (void)a;
    return vm_memo_put(m, m->memo_count);
}

/* ---- constants ---- */

OPCODE(none)
{
    (void)a;
    return vm_push(m, VALUE_NONE);
}

OPCODE(true)
{
    (void)a;
    return vm_push(m, VALUE_TRUE);
}

OPCODE(false)
{
    (void)a;
    return vm_push(m, VALUE_FALSE);
}

static int shown(struct slice s)
{
    return (int)(s.n > 40 ? 40 : s.n);
}

static void tell_number(struct machine *m, struct slice s)
{
    if (m->told_number) return;
    m->told_number = true;
    tell_anomaly(m->r, ANOMALY_PICKLE_TEXT_NUMBER, m->at, "%s '%.*s'", m->op->name, shown(s),
                 (const char *)s.p);
}

static enum st text_number(struct machine *m, struct slice s, bool octal)
{
    struct pickle_value v = {0};
    bool odd = false;
    if (!vm_parse_int(m, s, octal, &v, &odd))
        return vm_broke(m, "'%.*s' is no number", shown(s), s.n ? (const char *)s.p : "");
    if (odd) tell_number(m, s);
    if (s.n > DIGITS_MOST)
        return vm_broke(m, "a number of %zu digits, which takes quadratic time", s.n);
    return vm_push(m, v);
}

OPCODE(int)
{
    if (slice_eq(a->s, S("01"))) return vm_push(m, VALUE_TRUE);
    if (slice_eq(a->s, S("00"))) return vm_push(m, VALUE_FALSE);
    return text_number(m, a->s, true);
}

OPCODE(long)
{
    struct slice s = a->s;
    if (s.n && s.p[s.n - 1] == 'L') s.n--;
    return text_number(m, s, false);
}

OPCODE(binint)
{
    return vm_push(m, pv_int(&m->heap, (int32_t)(uint32_t)a->n));
}

OPCODE(unsigned)
{
    return vm_push(m, pv_int(&m->heap, (int64_t)a->n));
}

OPCODE(long_bytes)
{
    struct slice s = a->s;
    bool negative = s.n && s.p[s.n - 1] & 0x80, big = s.n > 8;
    uint64_t n = negative ? UINT64_MAX : 0;
    for (size_t i = s.n < 8 ? s.n : 8; i-- > 0;) n = n << 8 | s.p[i];
    if (!big) return vm_push(m, pv_int(&m->heap, (int64_t)n));
    struct pickle_value v = pv_new(&m->heap, TAG_BIG_INT);
    struct pickle_node *node = pv_node(v);
    if (!node) return ST_NOMEM;
    node->number = negative ? INT64_MIN : INT64_MAX;
    node->count = s.n;
    return vm_push(m, v);
}

OPCODE(float)
{
    double d;
    if (!vm_parse_float(a->s, &d))
        return vm_broke(m, "'%.*s' is no number", shown(a->s), a->s.n ? (const char *)a->s.p : "");
    if (slice_trim(a->s).n != a->s.n) tell_number(m, a->s);
    return vm_push(m, pv_float(d));
}

OPCODE(binfloat)
{
    struct cursor c = cur_of(a->s);
    return vm_push(m, pv_float(cur_f64be(&c)));
}

OPCODE(string)
{
    struct slice s = a->s;
    bool ok;
    if (s.n < 2 || s.p[0] != s.p[s.n - 1] || (s.p[0] != '\'' && s.p[0] != '"'))
        return vm_broke(m, "the text is not in quotes");
    s = vm_unescape_string(m, slice_sub(s, 1, s.n - 2), &ok);
    if (!s.p) return ST_NOMEM;
    if (!ok) return vm_broke(m, "a bad escape");
    return vm_push(m, pv_text(&m->heap, s));
}

OPCODE(unicode)
{
    bool ok;
    struct slice s = vm_unescape_unicode(m, a->s, &ok);
    if (!s.p) return ST_NOMEM;
    if (!ok) return vm_broke(m, "a bad escape");
    return vm_push(m, pv_text(&m->heap, s));
}

static bool ascii(struct slice s)
{
    uint64_t w, all = 0;
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        memcpy(&w, &s.p[i], 8);
        all |= w;
    }
    for (; i < s.n; i++) all |= (uint64_t)s.p[i];
    return !(all & 0x8080808080808080ull);
}

/* UTF-8 with lone surrogates, as the unpickler decodes it. */
static bool decodes(struct slice s)
{
    uint32_t code;
    if (ascii(s)) return true;
    for (size_t at = 0; at < s.n;) {
        size_t n = s.p[at] < 0x80 ? 1 : utf8_next(s, at, &code);
        bool surrogate = !n && s.n - at >= 3 && s.p[at] == 0xed && s.p[at + 1] >= 0xa0 &&
                         s.p[at + 1] < 0xc0 && (s.p[at + 2] & 0xc0) == 0x80;
        if (!n && !surrogate) return false;
        at += n ? n : 3;
    }
    return true;
}

OPCODE(text)
{
    if (!decodes(a->s)) return vm_broke(m, "the text is not UTF-8");
    return vm_push(m, pv_text(&m->heap, a->s));
}

/* Python 2 wrote these; a loader may ask for text or bytes. */
OPCODE(bytes)
{
    return vm_push(m, m->op->protocol >= 3 ? pv_bytes(&m->heap, a->s) : pv_text(&m->heap, a->s));
}

OPCODE(bytearray)
{
    return vm_push(m, pv_bytes(&m->heap, a->s));
}

OPCODE(next_buffer)
{
    (void)a;
    return vm_push(m, pv_new(&m->heap, TAG_BUFFER));
}

OPCODE(readonly_buffer)
{
    (void)a;
    struct pickle_value v = {0};
    return vm_top(m, &v);
}

/* ---- containers ---- */

static void tell_depth(struct machine *m, struct pickle_value v)
{
    if (m->told_depth || pv_depth(v) < DEPTH_MOST) return;
    m->told_depth = true;
    tell_anomaly(m->r, ANOMALY_PICKLE_EXPANSION, m->at,
                 "values nested %u deep: copying, printing or freeing them overflows the stack",
                 (unsigned)pv_depth(v));
}

static void tell_expansion(struct machine *m, struct pickle_value v)
{
    tell_depth(m, v);
    uint64_t n = pv_weight(v);
    if (m->told_expansion || n < EXPANSION_MIN || n / EXPANSION_RATIO < m->c->len) return;
    m->told_expansion = true;
    tell_anomaly(m->r, ANOMALY_PICKLE_EXPANSION, m->at,
                 "%llu values from a stream of %zu bytes when every reference is followed",
                 (unsigned long long)n, m->c->len);
}

static enum st push_new(struct machine *m, enum pickle_tag tag)
{
    return vm_push(m, pv_new(&m->heap, tag));
}

/* Uses of the values on the stack from `from` on. */
static void note_items(struct machine *m, uint64_t from)
{
    for (uint64_t i = from; i < m->depth; i++)
        if (pv_tag(vm_at(m, i)) >= TAG_TUPLE) vm_note_use(vm_at(m, i), PICKLE_USED_KEPT);
}

/* The values from `from` on become one. */
static enum st gather(struct machine *m, uint64_t from, enum pickle_tag tag)
{
    struct pickle_value v = pv_new(&m->heap, tag);
    note_items(m, from);
    enum st st = vm_move(m, from, v);
    if (st != ST_OK) return st;
    tell_expansion(m, v);
    return vm_push(m, v);
}

static enum st gather_marked(struct machine *m, enum pickle_tag tag)
{
    uint64_t from;
    enum st st = vm_pop_mark(m, &from);
    if (st != ST_OK) return st;
    if (tag == TAG_DICT && (m->depth - from) % 2) return vm_broke(m, "a key without a value");
    return gather(m, from, tag);
}

static enum st gather_last(struct machine *m, uint64_t n)
{
    struct pickle_value ignored;
    if (m->depth - m->fence >= n) return gather(m, m->depth - n, TAG_TUPLE);
    m->depth = m->fence;
    return vm_pop(m, &ignored);
}

OPCODE(tuple)
{
    (void)a;
    return gather_marked(m, TAG_TUPLE);
}

OPCODE(empty_tuple)
{
    (void)a;
    return push_new(m, TAG_TUPLE);
}

OPCODE(tuple1)
{
    (void)a;
    return gather_last(m, 1);
}

OPCODE(tuple2)
{
    (void)a;
    return gather_last(m, 2);
}

OPCODE(tuple3)
{
    (void)a;
    return gather_last(m, 3);
}

OPCODE(list)
{
    (void)a;
    return gather_marked(m, TAG_LIST);
}

OPCODE(empty_list)
{
    (void)a;
    return push_new(m, TAG_LIST);
}

OPCODE(dict)
{
    (void)a;
    return gather_marked(m, TAG_DICT);
}

OPCODE(empty_dict)
{
    (void)a;
    return push_new(m, TAG_DICT);
}

OPCODE(frozenset)
{
    (void)a;
    return gather_marked(m, TAG_SET);
}

OPCODE(empty_set)
{
    (void)a;
    return push_new(m, TAG_SET);
}

/* What an object of some class is filled with is kept as its state. */
static enum st fill_object(struct machine *m, uint64_t from, struct pickle_value target,
                           enum pickle_tag tag)
{
    struct pickle_node *n = pv_tag(target) == TAG_OBJECT ? pv_node(target) : NULL;
    struct pickle_value items = n ? n->object.state : (struct pickle_value){0};
    if (pv_tag(items) != tag) items = pv_new(&m->heap, tag);
    enum st st = vm_move(m, from, items);
    if (st != ST_OK) return st;
    if (n) pv_set_state(target, items);
    return vm_tell_fill(m, target, items);
}

/* Lists take items by index, too; no other value of our own has the method. */
static bool can_be_filled(struct pickle_value target, enum pickle_tag tag)
{
    enum pickle_kind k = pickle_kind(target);
    bool ours = k != PV_UNKNOWN && k != PV_GLOBAL && k != PV_OBJECT && k != PV_PERSID;
    return !ours || (k == PV_LIST && tag == TAG_DICT);
}

/* Keys of dicts and items of sets must have a hash; lists and dicts have none. */
static bool hashable(struct machine *m, uint64_t from, enum pickle_tag tag)
{
    for (uint64_t i = from; tag != TAG_LIST && i < m->depth; i += tag == TAG_DICT ? 2 : 1) {
        enum pickle_tag key = pv_tag(vm_at(m, i));
        if (key == TAG_LIST || key == TAG_DICT) return false;
    }
    return true;
}

/* Items from `from` on go into the value below them, by append, add or __setitem__. */
static enum st fill(struct machine *m, uint64_t from, enum pickle_tag tag)
{
    if (from <= m->fence) return vm_broke(m, "there is nothing to fill");
    if (from == m->depth) return ST_OK;
    struct pickle_value target = vm_at(m, from - 1);
    if (tag == TAG_DICT && (m->depth - from) % 2) return vm_broke(m, "a key without a value");
    if (!hashable(m, from, tag)) return vm_broke(m, "a key that has no hash");
    note_items(m, from);
    if (pv_tag(target) != tag && !can_be_filled(target, tag))
        return vm_broke(m, "nothing can be put into this value");
    if (pv_tag(target) != tag) return fill_object(m, from, target, tag);
    enum st st = vm_move(m, from, target);
    if (st == ST_OK) tell_expansion(m, target);
    return st;
}

static enum st fill_marked(struct machine *m, enum pickle_tag tag)
{
    uint64_t from;
    enum st st = vm_pop_mark(m, &from);
    return st == ST_OK ? fill(m, from, tag) : st;
}

static enum st fill_last(struct machine *m, uint64_t n, enum pickle_tag tag)
{
    if (m->depth - m->fence > n) return fill(m, m->depth - n, tag);
    return vm_broke(m, "there is nothing to fill");
}

OPCODE(append)
{
    (void)a;
    return fill_last(m, 1, TAG_LIST);
}

OPCODE(appends)
{
    (void)a;
    return fill_marked(m, TAG_LIST);
}

OPCODE(setitem)
{
    (void)a;
    return fill_last(m, 2, TAG_DICT);
}

OPCODE(setitems)
{
    (void)a;
    return fill_marked(m, TAG_DICT);
}

OPCODE(additems)
{
    (void)a;
    return fill_marked(m, TAG_SET);
}

/* ---- the stream ---- */

OPCODE(proto)
{
    if (a->n > 5) return vm_broke(m, "protocol %llu does not exist", (unsigned long long)a->n);
    m->protocol = (unsigned)a->n;
    if (m->protocol > m->sum->protocol) m->sum->protocol = m->protocol;
    return ST_OK;
}

/* The unpickler in C takes frames as a hint of what to read ahead, the one in Python as a promise:
 * where they disagree, the file is damaged or made by hand. Both run what lies in the frame. */
OPCODE(frame)
{
    uint64_t at = cur_pos(m->c), left = cur_left(m->c);
    bool early = m->frame_end > at, beyond = a->n > left;
    if ((early || beyond) && !m->told_frame) {
        m->told_frame = true;
        tell_anomaly(m->r, beyond ? ANOMALY_TRUNCATED : ANOMALY_MALFORMED, m->at,
                     beyond ? "a frame of %llu bytes, %llu are left"
                            : "a frame of %llu bytes begins %llu bytes before the last one ends",
                     (unsigned long long)a->n,
                     (unsigned long long)(beyond ? left : m->frame_end - at));
    }
    m->frame_end = beyond ? 0 : at + a->n;
    return ST_OK;
}
