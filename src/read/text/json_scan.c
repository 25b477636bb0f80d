/* SPDX-License-Identifier: Apache-2.0 */
/* json_scan.c - words of 64 bytes tell where tokens begin; a small machine says which may.
 *
 *    quotes without escaped ones ─ prefix xor ─> inside strings
 *    brackets, colons, commas, line ends outside, first byte of each string, number, word ─> events
 *    control characters inside strings, escapes that there are not ─> events, too: faults
 *
 * After Langdale and Lemire, "Parsing gigabytes of JSON per second" (2019), but without an index:
 * events are consumed as they come. A line end inside a string ends the string and its line. */
#include "read/text/json_scan.h"
#include "base/ascii.h"
#include "read/text/bits.h"

#define BATCH 64u /* blocks of 64 bytes */

/* In an object, and in a list; FIRST: the bracket may close at once. */
enum state {
    TOP,
    VALUE,
    ITEM,
    FIRST_ITEM,
    FIRST_KEY,
    KEY,
    COLON,
    AFTER_VALUE,
    AFTER_ITEM,
    DONE,
    STATES,
    SLOW = STATES, /* the machine itself must look */
};

/* Sorts of first bytes of tokens that the short way knows. */
enum token { OTHER, QUOTE, COMMA, COLON_SIGN, DIGIT, TOKENS };

static const uint8_t token_of[256] = {
    ['"'] = QUOTE, [','] = COMMA, [':'] = COLON_SIGN, ['0'] = DIGIT, ['1'] = DIGIT,
    ['2'] = DIGIT, ['3'] = DIGIT, ['4'] = DIGIT,      ['5'] = DIGIT, ['6'] = DIGIT,
    ['7'] = DIGIT, ['8'] = DIGIT, ['9'] = DIGIT,
};

#define ROW(q, c, s, d)  \
    {                    \
        SLOW, q, c, s, d \
    }
static const uint8_t short_way[STATES][TOKENS] = {
    [TOP] = ROW(SLOW, SLOW, SLOW, SLOW),
    [VALUE] = ROW(AFTER_VALUE, SLOW, SLOW, AFTER_VALUE),
    [ITEM] = ROW(AFTER_ITEM, SLOW, SLOW, AFTER_ITEM),
    [FIRST_ITEM] = ROW(AFTER_ITEM, SLOW, SLOW, AFTER_ITEM),
    [FIRST_KEY] = ROW(COLON, SLOW, SLOW, SLOW),
    [KEY] = ROW(COLON, SLOW, SLOW, SLOW),
    [COLON] = ROW(SLOW, SLOW, VALUE, SLOW),
    [AFTER_VALUE] = ROW(SLOW, KEY, SLOW, SLOW),
    [AFTER_ITEM] = ROW(SLOW, ITEM, SLOW, SLOW),
    [DONE] = ROW(SLOW, SLOW, SLOW, SLOW),
};
#undef ROW

#define NONE SIZE_MAX

struct scan {
    struct slice text;
    bool lines;
    const struct json_sink *sink;
    struct budget *budget;
    /* the words' memory */
    uint64_t in_string, escape, scalar, odd; /* odd: events that are faults or broken line ends */
    size_t escaped;
    size_t loaded; /* the words' bytes end before it */
    struct utf8_watch utf8;
    /* the machine */
    enum state state;
    size_t depth, base;
    uint64_t *objects; /* a bit per level */
    size_t record;     /* where the current one begins */
    const char *fault;
    size_t fault_at;
    bool stop;
    bool some, list; /* a value began; the first one is a list */
};

/* ---- faults ---- */

static void fault(struct scan *s, size_t at, const char *why)
{
    if (s->fault) return;
    s->fault = why;
    s->fault_at = at;
    if (s->lines) return;
    if (!s->sink->on_fault(s->sink->ctx, at, why)) s->stop = true;
    s->record = NONE;
}

/* ---- values that are no strings ---- */

static uint8_t at_or_space(struct slice s, size_t at)
{
    return at < s.n ? s.p[at] : ' ';
}

static size_t digits(struct slice s, size_t at)
{
    while (at < s.n && ascii_digit(s.p[at])) at++;
    return at;
}

/* Behind the number at `at`, or `at` when it is none. */
static size_t number(struct slice s, size_t at)
{
    size_t i = at + (s.p[at] == '-'), from = i;
    i = digits(s, i);
    if (i == from || (i - from > 1 && s.p[from] == '0')) return at;
    if (at_or_space(s, i) == '.') {
        from = ++i;
        i = digits(s, i);
        if (i == from) return at;
    }
    if ((at_or_space(s, i) | 0x20) != 'e') return i;
    i++;
    if (at_or_space(s, i) == '+' || at_or_space(s, i) == '-') i++;
    from = i;
    i = digits(s, i);
    return i == from ? at : i;
}

static size_t word(struct slice s, size_t at)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct slice w = slice_str(words[i]);
        if (slice_eq(slice_sub(s, at, w.n), w)) return at + w.n;
    }
    return at;
}

static bool ends_value(uint8_t c)
{
    return c == ',' || c == '}' || c == ']' || c == '\n' || c == ' ' || c == '\r' || c == '\t' ||
           c == ':';
}

static size_t scalar(struct slice s, size_t at)
{
    uint8_t c = s.p[at];
    size_t end = ascii_digit(c) || c == '-' ? number(s, at) : word(s, at);
    return end > at && ends_value(at_or_space(s, end)) ? end : at;
}

/* ---- records ---- */

static void tell_record(struct scan *s, size_t to)
{
    if (!s->sink->on_record(s->sink->ctx, s->record, to)) s->stop = true;
    s->record = NONE;
}

/* A value begins. */
static bool value(struct scan *s, size_t at)
{
    if (s->state > FIRST_ITEM) {
        fault(s, at, s->state == DONE ? "bytes after the value" : "a value out of place");
        return false;
    }
    if (s->depth != s->base) return true;
    if (s->record != NONE && s->state == TOP && !s->lines) tell_record(s, at);
    if (s->record == NONE) s->record = at;
    s->some = true;
    return true;
}

static bool in_object(const struct scan *s)
{
    return s->depth && s->objects[(s->depth - 1) / 64] >> (s->depth - 1) % 64 & 1;
}

static void complete(struct scan *s)
{
    if (!s->depth)
        s->state = s->lines ? DONE : TOP;
    else
        s->state = in_object(s) ? AFTER_VALUE : AFTER_ITEM;
}

static void open_bracket(struct scan *s, size_t at, bool object)
{
    bool list = !s->lines && !object && s->depth == 0 && s->state == TOP;
    if (list) {
        if (s->record != NONE) tell_record(s, at);
        s->base = 1;
        if (!s->some) s->list = true;
    } else if (!value(s, at)) {
        return;
    }
    if (s->depth == JSON_LEVELS) {
        fault(s, at, "nested more than 65536 levels deep");
        return;
    }
    uint64_t bit = 1ull << s->depth % 64, *word_ = &s->objects[s->depth / 64];
    *word_ = object ? *word_ | bit : *word_ & ~bit;
    s->depth++;
    s->state = object ? FIRST_KEY : FIRST_ITEM;
}

static void close_bracket(struct scan *s, size_t at, bool object)
{
    bool fits = s->state == (object ? AFTER_VALUE : AFTER_ITEM) ||
                s->state == (object ? FIRST_KEY : FIRST_ITEM);
    if (!s->depth || !fits) {
        fault(s, at, "a bracket that closes nothing");
        return;
    }
    if (s->depth == s->base && s->record != NONE) tell_record(s, at);
    s->depth--;
    if (s->depth < s->base) s->base = 0;
    complete(s);
    if (s->depth == 0 && !s->lines && s->record != NONE) tell_record(s, at + 1);
}

static void comma(struct scan *s, size_t at)
{
    if (s->state != AFTER_VALUE && s->state != AFTER_ITEM) {
        fault(s, at, "a comma out of place");
        return;
    }
    if (s->depth == s->base && s->record != NONE) tell_record(s, at);
    s->state = s->state == AFTER_VALUE ? KEY : ITEM;
}

static void string(struct scan *s, size_t at)
{
    if (s->state == FIRST_KEY || s->state == KEY)
        s->state = COLON;
    else if (value(s, at))
        complete(s);
}

static void other(struct scan *s, size_t at)
{
    if (!value(s, at)) return;
    if (scalar(s->text, at) == at)
        fault(s, at, "neither number, true, false nor null");
    else
        complete(s);
}

/* ---- lines ---- */

/* The end of the text counts as a line end at text.n. */
static void line_end(struct scan *s, size_t at, bool broken)
{
    size_t end = at < s->text.n ? at + 1 : at;
    if (s->utf8.fault < end) fault(s, s->utf8.fault, "text that is not UTF-8");
    if (broken) fault(s, at, "a string without its closing quote");
    if (s->state != TOP && s->state != DONE) fault(s, at, "the line ends before its value does");
    if (s->fault) {
        if (!s->sink->on_fault(s->sink->ctx, s->fault_at, s->fault)) s->stop = true;
    } else if (s->record != NONE) {
        tell_record(s, end);
    }
    s->state = TOP;
    s->depth = 0;
    s->fault = NULL;
    s->record = NONE;
    if (s->utf8.fault < end) utf8_watch_on(&s->utf8, s->text, end, s->loaded);
}

static void newline(struct scan *s, size_t at, bool broken)
{
    if (s->text.p[at] == '\r') {
        bool pair = at + 1 < s->text.n && s->text.p[at + 1] == '\n';
        if (pair || s->state != DONE) return;
    }
    line_end(s, at, broken);
}

/* ---- events ---- */

static void event(struct scan *s, size_t at, bool odd)
{
    uint8_t c = s->text.p[at];
    if (c == '\n' || c == '\r') {
        if (s->lines && (!odd || c == '\n')) {
            newline(s, at, odd);
            return;
        }
    }
    if (s->fault) return;
    if (odd) {
        fault(s, at,
              c < 0x20 ? "a control character in a string" : "an escape that JSON does not have");
        return;
    }
    switch (c) {
    case '{': open_bracket(s, at, true); return;
    case '[': open_bracket(s, at, false); return;
    case '}': close_bracket(s, at, true); return;
    case ']': close_bracket(s, at, false); return;
    case ',': comma(s, at); return;
    case '"': string(s, at); return;
    case ':':
        if (s->state != COLON) fault(s, at, "a colon out of place");
        s->state = VALUE;
        return;
    default: other(s, at); return;
    }
}

static bool hex4(struct slice s, size_t at)
{
    struct slice h = slice_sub(s, at, 4);
    for (size_t i = 0; i < h.n; i++) {
        uint8_t c = h.p[i] | 0x20;
        if (!ascii_digit(h.p[i]) && (c < 'a' || c > 'f')) return false;
    }
    return h.n == 4;
}

/* Of the bytes behind backslashes, those that JSON does not know. */
static uint64_t bad_escapes(const struct scan *s, uint64_t escapes, size_t at)
{
    uint64_t bad = 0;
    for (; escapes; escapes &= escapes - 1) {
        size_t i = at + (size_t)__builtin_ctzll(escapes);
        if (i >= s->text.n) break;
        uint8_t c = s->text.p[i];
        bool known = c == 'n' || c == '"' || c == '\\' || c == '/' || c == 't' || c == 'r' ||
                     c == 'b' || c == 'f' || (c == 'u' && hex4(s->text, i + 1));
        if (!known) bad |= escapes & (~escapes + 1);
    }
    return bad;
}

/* A line end inside a string ends it: from there on, inside and outside change places. */
BITS_INLINE uint64_t break_strings(uint64_t *inside, uint64_t lf)
{
    uint64_t broken = 0, bit;
    for (uint64_t in; (in = *inside & lf) != 0;) {
        bit = in & (~in + 1);
        *inside ^= ~(bit - 1);
        broken |= bit;
    }
    return broken;
}

__attribute__((noinline)) static void slow_events(struct scan *s, size_t at, uint64_t events,
                                                  uint64_t odd)
{
    for (; events; events &= events - 1) {
        unsigned i = (unsigned)__builtin_ctzll(events);
        event(s, at + i, odd >> i & 1);
    }
}

/* Is the number that begins at bit i, and ends in this block, plain digits with at most one point?
 */
BITS_INLINE bool plain_number(struct slice text, size_t at, unsigned i, const struct json_bits *b)
{
    uint64_t ends = (b->op | b->space) & bits_from(i);
    if (!ends) return false;
    unsigned end = (unsigned)__builtin_ctzll(ends);
    uint64_t rest = ~b->digit & bits_from(i) & ~bits_from(end);
    bool zero = text.p[at + i] == '0';
    if (!rest) return !zero || end == i + 1;
    unsigned point = (unsigned)__builtin_ctzll(rest);
    if (rest & (rest - 1) || text.p[at + point] != '.' || point + 1 == end) return false;
    return !zero || point == i + 1;
}

/* Most tokens need no more than a look into a table. */
BITS_INLINE void short_events(struct scan *s, size_t at, uint64_t events, const struct json_bits *b)
{
    const uint8_t *bytes = &s->text.p[at];
    unsigned state = s->state;
    for (; events; events &= events - 1) {
        unsigned i = (unsigned)__builtin_ctzll(events);
        unsigned token = token_of[bytes[i]], next = short_way[state][token];
        bool plain = next != SLOW && s->depth != s->base;
        if (plain && token == DIGIT) plain = plain_number(s->text, at, i, b);
        if (plain) {
            state = next;
            continue;
        }
        s->state = (enum state)state;
        event(s, at + i, false);
        state = s->state;
    }
    s->state = (enum state)state;
}

/* `valid` are the bits of the block that are text. */
BITS_INLINE void block(struct scan *s, const struct json_bits *b, size_t at, uint64_t valid)
{
    uint64_t escaped = bits_escaped(b->slash, &s->escape);
    uint64_t quote = b->quote & ~escaped;
    uint64_t inside = bits_prefix_xor(quote) ^ s->in_string;
    uint64_t broken =
        s->lines && (inside & b->lf & valid) ? break_strings(&inside, b->lf & valid) : 0;
    s->in_string = 0 - (inside >> 63);
    uint64_t tail = inside ^ quote;
    uint64_t scalars = ~(b->op | b->space), plain = scalars & ~quote;
    uint64_t begins = scalars & ~(plain << 1 | s->scalar);
    s->scalar = plain >> 63;
    uint64_t events = (b->op | begins) & ~tail, odd = (b->low & inside & ~quote) | broken;
    if (s->lines) events |= (b->lf | b->cr) & ~inside;
    if (escaped | b->slash) {
        s->escaped = at + 64;
        if (escaped & inside) odd |= bad_escapes(s, escaped & inside, at);
    }
    events = (events | odd) & valid;
    if (odd | (uint64_t)(s->fault != NULL))
        slow_events(s, at, events, odd);
    else
        short_events(s, at, events, b);
}

/* A line says it at its end; a document at once, and once. */
static void check_utf8(struct scan *s, size_t from, size_t to, bool ascii)
{
    bool known = s->utf8.fault != NONE;
    utf8_watch(&s->utf8, s->text, from, to, ascii);
    if (s->lines || known || s->utf8.fault == NONE) return;
    if (!s->sink->on_fault(s->sink->ctx, s->utf8.fault, "text that is not UTF-8")) s->stop = true;
}

static uint64_t any_high(const struct json_bits *bits, size_t n)
{
    uint64_t high = 0;
    for (size_t i = 0; i < n; i++) high |= bits[i].high;
    return high;
}

BITS_INLINE void blocks_of(struct scan *s, const struct json_bits *bits, size_t n, size_t at,
                           size_t to)
{
    for (size_t i = 0; i < n && !s->stop; i++) {
        size_t begin = at + i * 64;
        uint64_t valid = to - begin >= 64 ? ~0ull : ~bits_from((unsigned)(to - begin));
        block(s, &bits[i], begin, valid);
    }
}

BITS_FAST static void blocks_fast(struct scan *s, const struct json_bits *bits, size_t n, size_t at,
                                  size_t to)
{
    blocks_of(s, bits, n, at, to);
}

static void batch(struct scan *s, const struct json_bits *bits, size_t n, size_t at, size_t to)
{
    s->loaded = to;
    check_utf8(s, at, to, !any_high(bits, n));
    if (bits_fast())
        blocks_fast(s, bits, n, at, to);
    else
        blocks_of(s, bits, n, at, to);
}

/* The last bytes, filled up with blanks. */
static void last_block(struct scan *s, size_t at)
{
    uint8_t bytes[64];
    struct json_bits bits;
    bits_json(bits_tail(s->text, at, bytes), 0, 1, &bits);
    batch(s, &bits, 1, at, s->text.n);
}

static void finish(struct scan *s)
{
    size_t n = s->text.n;
    if (s->lines) {
        line_end(s, n, s->in_string != 0);
        return;
    }
    if (s->in_string) fault(s, n, "a string without its closing quote");
    if (s->state != TOP) fault(s, n, "ends before its value does");
    if (!s->fault && s->record != NONE) tell_record(s, n);
}

static void pass(struct scan *s, size_t to)
{
    const struct json_sink *k = s->sink;
    if (k->on_passed && !k->on_passed(k->ctx, to, s->record, s->escaped)) s->stop = true;
}

static enum st run(struct scan *s)
{
    struct json_bits bits[BATCH];
    size_t at = 0;
    while (s->text.n - at >= 64 && !s->stop) {
        size_t n = (s->text.n - at) / 64;
        if (n > BATCH) n = BATCH;
        if (!budget_work(s->budget, 1 + n / 4)) return ST_LIMIT;
        bits_json(s->text, at, n, bits);
        batch(s, bits, n, at, at + n * 64);
        at += n * 64;
        if (!s->stop) pass(s, at);
    }
    if (!s->stop) last_block(s, at);
    if (!s->stop) pass(s, s->text.n);
    if (!s->stop) finish(s);
    return ST_OK;
}

enum st json_scan(struct source *source, bool lines, const struct json_sink *sink, bool *ret_list)
{
    struct reading *r = source->r;
    struct scan s = {.text = source->text,
                     .lines = lines,
                     .sink = sink,
                     .budget = r->budget,
                     .utf8 = {0, NONE},
                     .record = NONE};
    s.objects = ARENA_ARRAY(r->arena, uint64_t, JSON_LEVELS / 64);
    enum st st = s.objects ? run(&s) : ST_NOMEM;
    if (ret_list) *ret_list = s.list;
    return st;
}
