/* SPDX-License-Identifier: Apache-2.0 */
/* csv_scan.c - words of 64 bytes tell where cells and records end.
 *
 *    quotes ─ prefix xor ─> inside quoted cells; separators and line ends outside count
 *
 * The toggle is wrong for a quote in the middle of a cell, which is an ordinary character there
 * (5" pipe). Such a quote shows: it seems to open a cell where no cell begins. It and all quotes up
 * to the next separator are then taken out, and the word is looked at again. */
#include "read/text/bits.h"
#include "read/text/csv.h"

#define BATCH 64u
#define NONE  SIZE_MAX

struct scan {
    struct slice text;
    const struct csv_dialect *dialect;
    const struct csv_sink *sink;
    struct budget *budget;
    /* the words' memory: the last byte of the word before */
    uint64_t in_quote, escape, delimiter, quote, first_quote, empty_quotes, empty, cr;
    bool literal; /* in a cell whose quotes mean nothing */
    size_t escaped;
    size_t loaded; /* the words' bytes end before it */
    struct utf8_watch utf8;
    struct csv_record record;
    uint64_t fields; /* separators in it so far */
    bool stop;
};

static void begin_record(struct scan *s, size_t at)
{
    s->record = (struct csv_record){.from = at, .nul = NONE, .not_utf8 = NONE};
    s->fields = 0;
}

/* ---- quotes ---- */

/* Quotes before the first delimiter mean nothing in a literal cell. */
BITS_INLINE uint64_t drop_literal(struct scan *s, uint64_t quote, uint64_t delimiters)
{
    if (!s->literal) return quote;
    if (!delimiters) return 0;
    s->literal = false;
    return quote & bits_from((unsigned)__builtin_ctzll(delimiters));
}

/* The bytes inside quoted cells; *quote loses the quotes that are characters. */
BITS_INLINE uint64_t inside_quotes(struct scan *s, uint64_t *quote, uint64_t delimiters)
{
    for (;;) {
        uint64_t inside = bits_prefix_xor(*quote) ^ s->in_quote;
        uint64_t before = (delimiters & ~inside) << 1 | s->delimiter;
        uint64_t again = *quote & inside & (*quote << 1 | s->quote);
        uint64_t wrong = *quote & inside & ~before & ~again;
        if (!wrong) {
            if (again) s->escaped = NONE; /* said by the caller */
            return inside;
        }
        unsigned at = (unsigned)__builtin_ctzll(wrong);
        uint64_t rest = delimiters & bits_from(at);
        uint64_t run = bits_from(at);
        if (rest)
            run &= ~bits_from((unsigned)__builtin_ctzll(rest));
        else
            s->literal = true;
        *quote &= ~run;
    }
}

/* ---- records ---- */

static bool is_blank(const struct scan *s, size_t at)
{
    return s->fields == 0 && (at == s->record.from ||
                              (at == s->record.from + 1 && s->text.p[s->record.from] == '\r'));
}

static void end_record(struct scan *s, size_t at, bool empty)
{
    size_t end = at < s->text.n ? at + 1 : at;
    s->record.to = end;
    s->record.fields = s->fields + 1;
    s->record.last_empty = empty;
    if (s->utf8.fault < end) {
        s->record.not_utf8 = s->utf8.fault;
        utf8_watch_on(&s->utf8, s->text, end, s->loaded);
    }
    if (!is_blank(s, at) && !s->sink->on_record(s->sink->ctx, &s->record)) s->stop = true;
    begin_record(s, end);
}

struct words {
    uint64_t separators, ends, empties, cell_ends, nul;
};

BITS_INLINE void cells(struct scan *s, size_t at, const struct words *w)
{
    uint64_t counted = ~0ull;
    for (uint64_t events = w->ends | w->empties | w->nul; events && !s->stop;
         events &= events - 1) {
        unsigned i = (unsigned)__builtin_ctzll(events);
        uint64_t bit = 1ull << i, below = bit - 1;
        bool empty = w->empties & bit, end = w->ends & bit;
        uint64_t column =
            s->fields + (uint64_t)__builtin_popcountll(w->separators & counted & below);
        bool blank = column == 0 && !(w->separators & bit);
        if (w->nul & bit && s->record.nul == NONE) s->record.nul = at + i;
        if (empty && !blank) s->sink->on_empty(s->sink->ctx, column);
        if (!end) continue;
        s->fields = column;
        /* behind CR LF the empty cell ends at the CR */
        bool last = empty || (!(w->cell_ends & bit) && ((w->empties << 1 | s->empty) & bit));
        end_record(s, at + i, last);
        counted = ~below & ~bit;
    }
    s->fields += (uint64_t)__builtin_popcountll(w->separators & counted);
}

/* ---- words ---- */

BITS_INLINE uint64_t empty_cells(struct scan *s, uint64_t quote, uint64_t delimiters,
                                 uint64_t cell_ends)
{
    uint64_t behind = delimiters << 1 | s->delimiter, empties = cell_ends & behind;
    if (quote | s->first_quote | s->empty_quotes) {
        uint64_t first = quote & behind, second = quote & (first << 1 | s->first_quote);
        empties |= cell_ends & (second << 1 | s->empty_quotes);
        s->first_quote = first >> 63;
        s->empty_quotes = second >> 63;
    }
    return empties;
}

BITS_INLINE void block(struct scan *s, const struct csv_bits *b, size_t at, uint64_t valid)
{
    uint64_t quote = b->quote & valid, raw = (b->separator | b->lf | b->cr) & valid;
    uint64_t inside = 0;
    if (s->dialect->backslash) {
        uint64_t escaped = bits_escaped(b->slash, &s->escape);
        if (escaped) s->escaped = at + 64;
        quote &= ~escaped;
    }
    if (quote | s->in_quote | (uint64_t)s->literal) {
        size_t escaped = s->escaped;
        quote = drop_literal(s, quote, raw);
        inside = inside_quotes(s, &quote, raw);
        s->escaped = s->escaped == NONE ? at + 64 : escaped;
    }
    uint64_t next_lf = at + 64 < s->text.n && s->text.p[at + 64] == '\n';
    uint64_t delimiters = raw & ~inside, cr = b->cr & delimiters, lf = b->lf & delimiters;
    uint64_t separators = b->separator & delimiters;
    uint64_t cell_ends = separators | cr | (lf & ~(cr << 1 | s->cr));
    uint64_t ends = lf | (cr & ~(b->lf >> 1 | next_lf << 63));
    uint64_t empties = empty_cells(s, quote, delimiters, cell_ends);
    cells(s, at, &(struct words){separators, ends, empties, cell_ends, b->nul & valid});
    s->empty = empties >> 63;
    s->in_quote = 0 - (inside >> 63);
    s->delimiter = delimiters >> 63;
    s->quote = quote >> 63;
    s->cr = cr >> 63;
}

BITS_INLINE void blocks_of(struct scan *s, const struct csv_bits *bits, size_t n, size_t at,
                           size_t to)
{
    for (size_t i = 0; i < n && !s->stop; i++) {
        size_t begin = at + i * 64;
        block(s, &bits[i], begin, to - begin >= 64 ? ~0ull : ~bits_from((unsigned)(to - begin)));
    }
}

BITS_FAST static void blocks_fast(struct scan *s, const struct csv_bits *bits, size_t n, size_t at,
                                  size_t to)
{
    blocks_of(s, bits, n, at, to);
}

static void batch(struct scan *s, const struct csv_bits *bits, size_t n, size_t at, size_t to)
{
    uint64_t high = 0;
    for (size_t i = 0; i < n; i++) high |= bits[i].high;
    s->loaded = to;
    utf8_watch(&s->utf8, s->text, at, to, !high);
    if (bits_fast())
        blocks_fast(s, bits, n, at, to);
    else
        blocks_of(s, bits, n, at, to);
}

static void last_block(struct scan *s, size_t at)
{
    uint8_t bytes[64];
    struct csv_bits bits;
    bits_csv(bits_tail(s->text, at, bytes), 0, 1, s->dialect->quote, s->dialect->separator, &bits);
    batch(s, &bits, 1, at, s->text.n);
}

/* The last line may lack its end; a separator at its end still has an empty cell behind it. */
static void finish(struct scan *s)
{
    size_t n = s->text.n;
    if (s->record.from == n) return;
    s->record.open_quote = s->in_quote != 0 && !s->literal;
    bool empty = !s->record.open_quote && s->text.p[n - 1] == s->dialect->separator;
    if (empty) s->sink->on_empty(s->sink->ctx, s->fields);
    end_record(s, n, empty);
}

static bool pass(struct scan *s, size_t to)
{
    size_t record = s->record.from < to ? s->record.from : NONE;
    return s->sink->on_passed(s->sink->ctx, to, record, s->escaped, s->in_quote != 0);
}

static enum st run(struct scan *s)
{
    struct csv_bits bits[BATCH];
    size_t at = s->record.from;
    while (s->text.n - at >= 64 && !s->stop) {
        size_t n = (s->text.n - at) / 64;
        if (n > BATCH) n = BATCH;
        if (!budget_work(s->budget, 1 + n / 4)) return ST_LIMIT;
        bits_csv(s->text, at, n, s->dialect->quote, s->dialect->separator, bits);
        batch(s, bits, n, at, at + n * 64);
        at += n * 64;
        if (!s->stop && !pass(s, at)) s->stop = true;
    }
    size_t n = s->text.n;
    if (!s->stop && at < n) last_block(s, at);
    if (!s->stop) s->stop = !pass(s, n);
    if (!s->stop) finish(s);
    return ST_OK;
}

enum st csv_scan(struct source *source, const struct csv_dialect *d, const struct csv_sink *sink)
{
    struct scan s = {.text = source->text,
                     .dialect = d,
                     .sink = sink,
                     .budget = source->r->budget,
                     .utf8 = {d->begin, NONE},
                     .delimiter = 1};
    begin_record(&s, d->begin);
    return run(&s);
}
