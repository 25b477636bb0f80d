/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_fold.c - what well-known pure functions return when they are called with constants.
 *
 * Problem  a stream may put a module's name together while it is loaded:
 *          _codecs.encode('bf', 'rot13') is 'os'.
 * Idea     the few functions with which names are made are computed here, so that the report can
 *          name what is called. Everything else stays an unknown object; a global whose name is
 *          unknown is as bad as any.
 * Limits   results are bounded by the machine's fold_budget; nothing here calls back. */
#include "base/ascii.h"
#include "codec/base64.h"
#include "read/model/pickle_machine.h"

#define NOTHING ((struct pickle_value){0})
#define OUT_MAX (1u << 20)

/* A result that grows; p == NULL once it is too big or memory is out. */
struct out {
    struct machine *m;
    uint8_t *p;
    size_t n, room;
};

static struct out out_of(struct machine *m, size_t room)
{
    struct out o = {.m = m, .room = room};
    if (room <= OUT_MAX && room <= m->fold_budget) o.p = arena_alloc(m->heap.arena, room, 1);
    if (o.p) m->fold_budget -= room;
    return o;
}

static void out_byte(struct out *o, unsigned byte)
{
    if (o->p && o->n < o->room) o->p[o->n++] = (uint8_t)byte;
}

static void out_add(struct out *o, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) out_byte(o, s.p[i]);
}

static struct pickle_value out_value(const struct out *o, enum pickle_kind kind)
{
    if (!o->p) return NOTHING;
    return pv_computed(&o->m->heap, kind == PV_TEXT ? TAG_TEXT : TAG_BYTES, slice_of(o->p, o->n));
}

/* Text or bytes. */
static bool string_of(struct pickle_value v, struct slice *ret)
{
    return pickle_text(v, ret) || pickle_bytes(v, ret);
}

/* ---- codecs ---- */

static struct pickle_value same(struct machine *m, struct slice s, enum pickle_kind kind)
{
    return pv_computed(&m->heap, kind == PV_TEXT ? TAG_TEXT : TAG_BYTES, s);
}

/* UTF-8 to Latin-1 and back; p == NULL in the result when it does not fit. */
static struct pickle_value to_latin(struct machine *m, struct slice s)
{
    struct out o = out_of(m, s.n);
    for (size_t i = 0; i < s.n; i++) {
        unsigned b = s.p[i];
        if (b >= 0x80) {
            if (b > 0xc3 || i + 1 >= s.n) return NOTHING;
            b = (b & 3) << 6 | (s.p[++i] & 0x3fu);
        }
        out_byte(&o, b);
    }
    return out_value(&o, PV_BYTES);
}

static struct pickle_value from_latin(struct machine *m, struct slice s)
{
    struct out o = out_of(m, s.n * 2);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= 0x80) out_byte(&o, 0xc0u | s.p[i] >> 6);
        out_byte(&o, s.p[i] < 0x80 ? s.p[i] : 0x80u | (s.p[i] & 0x3fu));
    }
    return out_value(&o, PV_TEXT);
}

static struct pickle_value rot13(struct machine *m, struct slice s)
{
    struct out o = out_of(m, s.n);
    for (size_t i = 0; i < s.n; i++) {
        unsigned c = s.p[i], base = c & 0x20 ? 'a' : 'A';
        bool letter = ascii_letter(s.p[i]);
        out_byte(&o, letter ? base + (c - base + 13) % 26 : c);
    }
    return out_value(&o, PV_TEXT);
}

static struct pickle_value unhex(struct machine *m, struct slice s)
{
    struct out o = out_of(m, s.n / 2 + 1);
    int high = -1;
    for (size_t i = 0; i < s.n; i++) {
        int d = ascii_hex(s.p[i]);
        if (d < 0 && high < 0 && s.p[i] <= ' ') continue;
        if (d < 0) return NOTHING;
        if (high >= 0) out_byte(&o, (unsigned)(high << 4 | d));
        high = high < 0 ? d : -1;
    }
    return high < 0 ? out_value(&o, PV_BYTES) : NOTHING;
}

static struct pickle_value to_hex(struct machine *m, struct slice s)
{
    static const char digits[] = "0123456789abcdef";
    struct out o = out_of(m, s.n * 2);
    for (size_t i = 0; i < s.n; i++) {
        out_byte(&o, (unsigned char)digits[s.p[i] >> 4]);
        out_byte(&o, (unsigned char)digits[s.p[i] & 15]);
    }
    return out_value(&o, PV_TEXT);
}

static struct pickle_value unbase64(struct machine *m, struct slice s)
{
    struct out o = out_of(m, s.n);
    unsigned bits = 0, have = 0;
    for (size_t i = 0; i < s.n && s.p[i] != '='; i++) {
        int d = base64_digit(s.p[i]);
        if (d < 0) continue;
        bits = bits << 6 | (unsigned)d;
        have += 6;
        if (have < 8) continue;
        have -= 8;
        out_byte(&o, bits >> have & 0xff);
    }
    return out_value(&o, PV_BYTES);
}

static bool codec_is(struct slice name, const char *list)
{
    uint8_t plain[24];
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < sizeof plain; i++)
        if (name.p[i] != '-' && name.p[i] != '_' && name.p[i] != ' ')
            plain[n++] = ascii_to_lower(name.p[i]);
    struct slice rest = slice_str(list), one;
    while (slice_split(&rest, ' ', &one))
        if (slice_eq(one, slice_of(plain, n))) return true;
    return false;
}

static struct pickle_value encode(struct machine *m, struct pickle_value v, struct slice codec)
{
    struct slice s;
    if (!string_of(v, &s)) return NOTHING;
    if (codec_is(codec, "latin1 iso88591 8859 cp819 l1")) return to_latin(m, s);
    if (codec_is(codec, "utf8 utf ascii usascii 646")) return same(m, s, PV_BYTES);
    if (codec_is(codec, "rot13")) return rot13(m, s);
    if (codec_is(codec, "hex hexcodec")) return to_hex(m, s);
    return NOTHING;
}

static struct pickle_value decode(struct machine *m, struct pickle_value v, struct slice codec)
{
    struct slice s;
    if (!string_of(v, &s)) return NOTHING;
    if (codec_is(codec, "latin1 iso88591 8859 cp819 l1")) return from_latin(m, s);
    if (codec_is(codec, "utf8 utf ascii usascii 646")) return same(m, s, PV_TEXT);
    if (codec_is(codec, "rot13")) return rot13(m, s);
    if (codec_is(codec, "hex hexcodec")) return unhex(m, s);
    if (codec_is(codec, "base64 base64codec")) return unbase64(m, s);
    return NOTHING;
}

/* ---- strings ---- */

static struct pickle_value join(struct machine *m, struct slice by, struct pickle_value list,
                                enum pickle_kind kind)
{
    size_t room = 0;
    struct slice s;
    uint64_t n = pickle_kept(list);
    if (n != pickle_count(list)) return NOTHING;
    for (uint64_t i = 0; i < n; i++) {
        if (!string_of(pickle_item(list, i), &s)) return NOTHING;
        room += s.n + by.n;
        if (room > OUT_MAX) return NOTHING;
    }
    struct out o = out_of(m, room);
    for (uint64_t i = 0; i < n; i++) {
        if (i) out_add(&o, by);
        if (string_of(pickle_item(list, i), &s)) out_add(&o, s);
    }
    return out_value(&o, kind);
}

static struct pickle_value concat(struct machine *m, struct pickle_value a, struct pickle_value b)
{
    struct slice s, t;
    if (!string_of(a, &s) || !string_of(b, &t) || s.n > OUT_MAX || t.n > OUT_MAX) return NOTHING;
    struct out o = out_of(m, s.n + t.n);
    out_add(&o, s);
    out_add(&o, t);
    return out_value(&o, pickle_kind(a));
}

static struct pickle_value replace(struct machine *m, struct slice s, struct pickle_value from,
                                   struct pickle_value to, enum pickle_kind kind)
{
    struct slice f, t;
    if (!string_of(from, &f) || !string_of(to, &t) || !f.n || s.n > 4096 || t.n > 256)
        return NOTHING;
    struct out o = out_of(m, s.n * (t.n + 1));
    for (size_t at = 0; at < s.n;) {
        bool hit = slice_starts(slice_sub(s, at, s.n), f);
        if (hit)
            out_add(&o, t);
        else
            out_byte(&o, s.p[at]);
        at += hit ? f.n : 1;
    }
    return out_value(&o, kind);
}

static struct pickle_value change_case(struct machine *m, struct slice s, unsigned how,
                                       enum pickle_kind kind)
{
    struct out o = out_of(m, s.n);
    for (size_t i = 0; i < s.n; i++) {
        unsigned c = s.p[i];
        bool lower = ascii_lower(s.p[i]), upper = ascii_upper(s.p[i]);
        if ((how == 'l' && upper) || (how == 's' && upper))
            c |= 0x20;
        else if ((how == 'u' && lower) || (how == 's' && lower))
            c &= ~0x20u;
        out_byte(&o, c);
    }
    return out_value(&o, kind);
}

static struct pickle_value strip(struct machine *m, struct slice s, struct pickle_value args,
                                 const char *sides, enum pickle_kind kind)
{
    struct slice set = S(" \t\r\n\v\f");
    if (pickle_count(args) > 1 && !string_of(pickle_item(args, 1), &set)) return NOTHING;
    while (sides[0] == 'b' || sides[0] == 'l') {
        if (!s.n || slice_find_byte(set, s.p[0]) == SIZE_MAX) break;
        s = slice_sub(s, 1, s.n);
    }
    while (sides[0] == 'b' || sides[0] == 'r') {
        if (!s.n || slice_find_byte(set, s.p[s.n - 1]) == SIZE_MAX) break;
        s.n--;
    }
    return same(m, s, kind);
}

/* "{}{}".format(a, b), without anything inside the braces. */
static struct pickle_value format(struct machine *m, struct slice s, struct pickle_value args)
{
    struct out o = out_of(m, 4096);
    uint64_t next = 1;
    for (size_t i = 0; i < s.n; i++) {
        struct slice t;
        if (s.p[i] != '{') {
            out_byte(&o, s.p[i]);
            continue;
        }
        if (i + 1 < s.n && ascii_digit(s.p[i + 1])) next = s.p[++i] - '0' + 1u;
        if (i + 1 >= s.n || s.p[i + 1] != '}' || !pickle_text(pickle_item(args, next), &t))
            return NOTHING;
        out_add(&o, t);
        next++;
        i++;
    }
    return out_value(&o, PV_TEXT);
}

/* start, stop, step of a slice object, or one index, as Python resolves them for n items. */
struct range {
    int64_t at, step, count;
};

static int64_t bound(struct pickle_value v, int64_t fallback, int64_t n, int64_t low, int64_t high)
{
    int64_t i;
    if (!pickle_int(v, &i)) return fallback;
    if (i < 0) i += n;
    return i < low ? low : i > high ? high : i;
}

static bool slice_range(struct pickle_value args, int64_t n, struct range *ret)
{
    uint64_t given = pickle_count(args);
    struct pickle_value start = given > 1 ? pickle_item(args, 0) : VALUE_NONE,
                        stop = pickle_item(args, given > 1 ? 1 : 0);
    ret->step = 1;
    if (given > 2 && pickle_kind(pickle_item(args, 2)) == PV_INT)
        if (!pickle_int(pickle_item(args, 2), &ret->step)) return false;
    if (ret->step == 0 || ret->step > 4096 || ret->step < -4096) return false;
    bool back = ret->step < 0;
    int64_t from = bound(start, back ? n - 1 : 0, n, back ? -1 : 0, back ? n - 1 : n);
    int64_t to = bound(stop, back ? -1 : n, n, back ? -1 : 0, back ? n - 1 : n);
    int64_t span = back ? from - to : to - from, step = back ? -ret->step : ret->step;
    ret->at = from;
    ret->count = span > 0 ? (span + step - 1) / step : 0;
    return true;
}

static const struct pickle_global *made_by(struct pickle_value v, const char *name)
{
    const struct pickle_global *g = pickle_global(pickle_callee(v));
    return g && slice_eq(g->name, slice_str(name)) ? g : NULL;
}

static struct pickle_value getitem_string(struct machine *m, struct slice s,
                                          struct pickle_value index, enum pickle_kind kind)
{
    struct range r = {.step = 1, .count = 1};
    if (s.n > OUT_MAX) return NOTHING;
    if (pickle_int(index, &r.at)) {
        if (r.at < 0) r.at += (int64_t)s.n;
        if (r.at < 0 || r.at >= (int64_t)s.n) return NOTHING;
        if (kind == PV_BYTES) return pv_int(&m->heap, s.p[r.at]);
    } else if (!made_by(index, "slice") || !slice_range(pickle_args(index), (int64_t)s.n, &r)) {
        return NOTHING;
    }
    struct out o = out_of(m, (size_t)r.count);
    for (int64_t i = 0; i < r.count; i++) out_byte(&o, s.p[r.at + i * r.step]);
    return out_value(&o, kind);
}

static struct pickle_value getitem(struct machine *m, struct pickle_value v,
                                   struct pickle_value index)
{
    struct slice s;
    int64_t i;
    if (string_of(v, &s)) return getitem_string(m, s, index, pickle_kind(v));
    if (pickle_kind(v) == PV_DICT) {
        struct pickle_value found;
        char key[64];
        if (!pickle_text(index, &s) || s.n >= sizeof key) return NOTHING;
        memcpy(key, s.p, s.n);
        key[s.n] = 0;
        return pickle_dict_get(v, key, &found) ? found : NOTHING;
    }
    if (!pickle_int(index, &i)) return NOTHING;
    if (i < 0) i += (int64_t)pickle_count(v);
    return i >= 0 && (uint64_t)i < pickle_kept(v) ? pickle_item(v, (uint64_t)i) : NOTHING;
}

/* ---- sequences ---- */

/* The items of a list, or the characters of a text, perhaps backwards. */
static struct pickle_value sequence(struct machine *m, struct pickle_value v, enum pickle_tag tag,
                                    bool backwards)
{
    struct slice s = {0};
    bool string = string_of(v, &s);
    uint64_t n = string ? s.n : pickle_kept(v);
    if (n > ITEMS_KEPT || (!string && n != pickle_count(v))) return NOTHING;
    if (!string && pickle_kind(v) != PV_LIST && pickle_kind(v) != PV_TUPLE) return NOTHING;
    struct pickle_value list = pv_new(&m->heap, tag);
    for (uint64_t i = 0; list.bits && i < n; i++) {
        uint64_t at = backwards ? n - 1 - i : i;
        struct pickle_value item = pickle_item(v, at);
        if (string && pickle_kind(v) == PV_TEXT)
            item = same(m, slice_sub(s, (size_t)at, 1), PV_TEXT);
        else if (string)
            item = pv_int(&m->heap, s.p[at]);
        if (!item.bits || !pv_add(&m->heap, list, item)) return NOTHING;
    }
    return list;
}

static struct pickle_value bytes_of(struct machine *m, struct pickle_value args)
{
    struct pickle_value v = pickle_item(args, 0);
    struct slice s, codec;
    int64_t b;
    if (pickle_bytes(v, &s)) return v;
    if (pickle_text(v, &s))
        return pickle_text(pickle_item(args, 1), &codec) ? encode(m, v, codec) : NOTHING;
    uint64_t n = pickle_kept(v);
    if (n != pickle_count(v) || pickle_kind(v) < PV_TUPLE || pickle_kind(v) > PV_LIST)
        return NOTHING;
    struct out o = out_of(m, n);
    for (uint64_t i = 0; i < n; i++) {
        if (!pickle_int(pickle_item(v, i), &b) || b < 0 || b > 255) return NOTHING;
        out_byte(&o, (unsigned)b);
    }
    return out_value(&o, PV_BYTES);
}

static struct pickle_value chr(struct machine *m, struct pickle_value v)
{
    int64_t c;
    if (!pickle_int(v, &c) || c < 0 || c > 0x7ff) return NOTHING;
    struct out o = out_of(m, 2);
    if (c >= 0x80) out_byte(&o, 0xc0u | (unsigned)c >> 6);
    out_byte(&o, c < 0x80 ? (unsigned)c : 0x80u | ((unsigned)c & 0x3f));
    return out_value(&o, PV_TEXT);
}

/* ---- who is called ---- */

static struct pickle_value string_method(struct machine *m, struct slice name,
                                         struct pickle_value args)
{
    struct slice s, codec = S("utf-8");
    struct pickle_value self = pickle_item(args, 0), first = pickle_item(args, 1);
    enum pickle_kind kind = pickle_kind(self);
    if (!string_of(self, &s)) return NOTHING;
    if (pickle_count(args) > 1) (void)pickle_text(first, &codec);
    if (slice_eq(name, S("encode"))) return encode(m, self, codec);
    if (slice_eq(name, S("decode"))) return decode(m, self, codec);
    if (slice_eq(name, S("join"))) return join(m, s, first, kind);
    if (slice_eq(name, S("replace"))) return replace(m, s, first, pickle_item(args, 2), kind);
    if (slice_eq(name, S("lower")) || slice_eq(name, S("casefold")))
        return change_case(m, s, 'l', kind);
    if (slice_eq(name, S("upper"))) return change_case(m, s, 'u', kind);
    if (slice_eq(name, S("swapcase"))) return change_case(m, s, 's', kind);
    if (slice_eq(name, S("strip"))) return strip(m, s, args, "b", kind);
    if (slice_eq(name, S("lstrip"))) return strip(m, s, args, "l", kind);
    if (slice_eq(name, S("rstrip"))) return strip(m, s, args, "r", kind);
    if (slice_eq(name, S("format"))) return format(m, s, args);
    if (slice_eq(name, S("__add__"))) return concat(m, self, first);
    if (slice_eq(name, S("__getitem__"))) return getitem(m, self, first);
    if (slice_eq(name, S("hex"))) return to_hex(m, s);
    if (slice_eq(name, S("__str__"))) return self;
    return NOTHING;
}

static struct pickle_value text_of(struct machine *m, struct pickle_value args)
{
    struct slice codec, s;
    struct pickle_value v = pickle_item(args, 0);
    if (pickle_kind(v) == PV_BYTES && pickle_text(pickle_item(args, 1), &codec))
        return decode(m, v, codec);
    return pickle_text(v, &s) ? same(m, s, PV_TEXT) : NOTHING;
}

static struct pickle_value fold_builtin(struct machine *m, struct slice name,
                                        struct pickle_value args)
{
    struct pickle_value first = pickle_item(args, 0);
    struct slice s, method;
    if (slice_eq(name, S("str")) || slice_eq(name, S("unicode"))) return text_of(m, args);
    if (slice_eq(name, S("bytes")) || slice_eq(name, S("bytearray"))) return bytes_of(m, args);
    if (slice_eq(name, S("chr")) || slice_eq(name, S("unichr"))) return chr(m, first);
    if (slice_eq(name, S("list"))) return sequence(m, first, TAG_LIST, false);
    if (slice_eq(name, S("tuple"))) return sequence(m, first, TAG_TUPLE, false);
    if (slice_eq(name, S("reversed"))) return sequence(m, first, TAG_LIST, true);
    if (slice_eq(name, S("ord")) && string_of(first, &s) && s.n == 1)
        return pv_int(&m->heap, s.p[0]);
    if (slice_eq(name, S("bytes.fromhex")) || slice_eq(name, S("bytearray.fromhex")))
        return string_of(first, &s) ? unhex(m, s) : NOTHING;
    size_t dot = slice_find_byte(name, '.');
    if (dot == SIZE_MAX) return NOTHING;
    method = slice_sub(name, dot + 1, name.n);
    name = slice_sub(name, 0, dot);
    if (slice_eq(name, S("str")) || slice_eq(name, S("bytes")) || slice_eq(name, S("bytearray")))
        return string_method(m, method, args);
    return NOTHING;
}

static struct pickle_value fold_codecs(struct machine *m, struct slice name,
                                       struct pickle_value args)
{
    struct slice codec = S("utf-8"), s = {0};
    struct pickle_value first = pickle_item(args, 0);
    if (pickle_count(args) > 1 && !pickle_text(pickle_item(args, 1), &codec)) return NOTHING;
    if (slice_eq(name, S("encode"))) return encode(m, first, codec);
    if (slice_eq(name, S("decode"))) return decode(m, first, codec);
    bool unhexes = slice_eq(name, S("unhexlify")) || slice_eq(name, S("a2b_hex")) ||
                   slice_eq(name, S("b16decode"));
    if (unhexes && string_of(first, &s)) return unhex(m, s);
    bool unbases = slice_eq(name, S("a2b_base64")) || slice_eq(name, S("b64decode")) ||
                   slice_eq(name, S("standard_b64decode")) || slice_eq(name, S("decodebytes")) ||
                   slice_eq(name, S("urlsafe_b64decode"));
    if (unbases && string_of(first, &s)) return unbase64(m, s);
    return NOTHING;
}

static struct pickle_value fold_operator(struct machine *m, struct slice name,
                                         struct pickle_value args)
{
    struct pickle_value a = pickle_item(args, 0), b = pickle_item(args, 1);
    if (slice_eq(name, S("add")) || slice_eq(name, S("concat")) || slice_eq(name, S("iadd")) ||
        slice_eq(name, S("iconcat")))
        return concat(m, a, b);
    if (slice_eq(name, S("getitem"))) return getitem(m, a, b);
    return NOTHING;
}

static bool module_in(const struct pickle_global *g, const char *list)
{
    struct slice rest = slice_str(list), one;
    while (slice_split(&rest, ' ', &one))
        if (slice_eq(one, g->module)) return true;
    return false;
}

static struct pickle_value fold_global(struct machine *m, const struct pickle_global *g,
                                       struct pickle_value args)
{
    if (module_in(g, "builtins __builtin__")) return fold_builtin(m, g->name, args);
    if (module_in(g, "_codecs codecs binascii base64")) return fold_codecs(m, g->name, args);
    if (module_in(g, "operator _operator")) return fold_operator(m, g->name, args);
    return NOTHING;
}

/* (item 0 of `first`, then those of `second` from `from` on). */
static struct pickle_value chain(struct machine *m, struct pickle_value first,
                                 struct pickle_value second, uint64_t from)
{
    struct pickle_value v = pv_new(&m->heap, TAG_TUPLE);
    if (!v.bits || !pv_add(&m->heap, v, first)) return NOTHING;
    for (uint64_t i = from; i < pickle_kept(second); i++)
        if (!pv_add(&m->heap, v, pickle_item(second, i))) return NOTHING;
    return v;
}

/* A bound method, an itemgetter and the like are called. */
static struct pickle_value fold_object(struct machine *m, struct pickle_value callee,
                                       struct pickle_value args)
{
    struct pickle_value bound_to = pickle_args(callee);
    struct slice name;
    if (made_by(callee, "getattr") && pickle_text(pickle_item(bound_to, 1), &name)) {
        struct pickle_value all = chain(m, pickle_item(bound_to, 0), args, 0);
        return all.bits ? string_method(m, name, all) : NOTHING;
    }
    if (made_by(callee, "methodcaller") && pickle_text(pickle_item(bound_to, 0), &name)) {
        struct pickle_value all = chain(m, pickle_item(args, 0), bound_to, 1);
        return all.bits ? string_method(m, name, all) : NOTHING;
    }
    if (made_by(callee, "itemgetter"))
        return getitem(m, pickle_item(args, 0), pickle_item(bound_to, 0));
    return NOTHING;
}

struct pickle_value vm_fold(struct machine *m, struct pickle_value callee, struct pickle_value args)
{
    const struct pickle_global *g = pickle_global(callee);
    if (pickle_kind(args) != PV_TUPLE) return NOTHING;
    if (g) return fold_global(m, g, args);
    return pickle_kind(callee) == PV_OBJECT ? fold_object(m, callee, args) : NOTHING;
}
