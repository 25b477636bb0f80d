/* SPDX-License-Identifier: Apache-2.0 */
/* csv_dialect.c - what separates, what quotes, and is there a header?
 *
 * Each separator is tried on the first records. The one that gives most of them the same number of
 * fields as the first record wins; where several do, the one that stands beside quotes, then the
 * one with more fields. Names decide nothing but .tsv between equals. */
#include "read/text/csv.h"

#define SAMPLE  ((size_t)64 << 10)
#define RECORDS 64u

static const struct {
    uint8_t byte;
    const char *label;
} separators[] = {{',', "comma"},        {';', "semicolon"}, {'\t', "tab"},
                  {'|', "vertical bar"}, {':', "colon"},     {0x01, "control-A"}};

struct trial {
    size_t records, fields[RECORDS];
    size_t first, most, same; /* fields of the first record, the usual number, how often */
    size_t beside;            /* separators next to a quote */
};

static size_t skip_line_end(struct slice s, size_t at)
{
    if (at < s.n && s.p[at] == '\r') at++;
    if (at < s.n && s.p[at] == '\n') at++;
    return at;
}

static size_t line_end(struct slice s, size_t at)
{
    while (at < s.n && s.p[at] != '\n' && s.p[at] != '\r') at++;
    return at;
}

/* Fields of the record at *at, which moves behind it. */
static size_t count_fields(const struct csv_dialect *d, struct slice s, size_t *at, size_t *beside)
{
    size_t fields = 1;
    struct csv_cell c;
    for (;; fields++) {
        c = csv_cell_at(d, s, *at, s.n);
        bool more = c.end < s.n && s.p[c.end] == d->separator;
        if (more && c.quoted) ++*beside;
        if (!more) break;
        *at = c.end + 1;
    }
    *at = c.end;
    if (*at < s.n) *at = skip_line_end(s, *at);
    return fields;
}

static void try(const struct csv_dialect *d, struct slice s, bool whole, struct trial *t)
{
    *t = (struct trial){0};
    for (size_t at = d->begin; at < s.n && t->records < RECORDS;) {
        size_t from = at;
        if (s.p[at] == '\n' || s.p[at] == '\r') {
            at = skip_line_end(s, at);
            continue;
        }
        size_t fields = count_fields(d, s, &at, &t->beside);
        if (at >= s.n && !whole && t->records) break; /* may be cut */
        if (d->comments && s.p[from] == '#') continue;
        t->fields[t->records++] = fields;
    }
    t->first = t->records ? t->fields[0] : 0;
    for (size_t i = 0; i < t->records; i++) {
        size_t same = 0;
        for (size_t k = 0; k < t->records; k++) same += t->fields[k] == t->fields[i];
        if (same > t->same || (same == t->same && t->fields[i] == t->first)) {
            t->same = same;
            t->most = t->fields[i];
        }
    }
}

/* Of 1000. */
static size_t score(const struct trial *t, uint8_t separator, bool tsv)
{
    if (t->most < 2 || !t->records) return 0;
    size_t even = t->same * 600 / t->records;
    size_t header = t->first == t->most ? 200 : t->first < 2 ? 0 : 60;
    size_t quotes = t->beside ? 100 : 0;
    size_t wide = t->most > 10 ? 50 : t->most * 5;
    if (separator == ':' && (even < 600 || !header || t->most < 3)) return 0;
    return even + header + quotes + wide + (tsv && separator == '\t' ? 50 : 0);
}

/* ---- comments and Excel's "sep=;" in front ---- */

static bool excel_hint(struct slice s, struct csv_dialect *d)
{
    if (!slice_starts(s, S("sep=")) || s.n < 6) return false;
    if (s.p[5] != '\n' && s.p[5] != '\r') return false;
    d->separator = s.p[4];
    d->begin = skip_line_end(s, 5);
    return true;
}

/* One line with # may well be the header. */
static void skip_comments(struct slice s, struct csv_dialect *d)
{
    size_t lines = 0, at = 0, begin = 0;
    bool table = false;
    for (; at < s.n && s.p[at] == '#'; lines++) {
        size_t end = line_end(s, at);
        struct slice line = slice_sub(s, at, end - at);
        table = slice_find_byte(line, ',') != SIZE_MAX || slice_find_byte(line, '\t') != SIZE_MAX ||
                slice_find_byte(line, ';') != SIZE_MAX;
        begin = at;
        at = skip_line_end(s, end);
    }
    if (!lines) return;
    d->begin = table && (lines == 1 || s.p[begin] == '#') && lines == 1 ? 0 : at;
    d->comments = d->begin > 0;
}

/* ---- quotes ---- */

static void guess_quotes(struct slice s, struct csv_dialect *d)
{
    size_t escaped = 0, doubled = 0, twice = 0, single = 0;
    for (size_t i = 0; i + 1 < s.n; i++) {
        uint8_t c = s.p[i], next = s.p[i + 1];
        bool starts = i == 0 || s.p[i - 1] == d->separator || s.p[i - 1] == '\n';
        if (c == '\\' && next == '"') escaped++, i++;
        if (c == '"' && next == '"' && !starts) doubled++;
        if (starts && c == '"') twice++;
        if (starts && c == '\'') single++;
    }
    d->backslash = escaped && !doubled;
    if (single > 1 && !twice) d->quote = '\'';
}

/* ---- header ---- */

/* A value rather than a name. */
static bool is_value(struct slice cell)
{
    struct slice s = slice_trim(cell);
    return csv_is_number(s) || slice_find_byte(s, '@') != SIZE_MAX || slice_has(s, S("://")) ||
           s.n > 200;
}

static bool is_year(struct slice cell)
{
    struct slice s = slice_trim(cell);
    return s.n == 4 && csv_is_number(s) && (s.p[0] == '1' || s.p[0] == '2');
}

/* Does the first record have no values where the second has? Names in the first are enough, too. */
static bool guess_header(const struct csv_dialect *d, struct slice s)
{
    size_t at = d->begin, below, values = 0, names = 0, differ = 0, years = 0, ignored = 0;
    while (at < s.n && (s.p[at] == '\n' || s.p[at] == '\r')) at++;
    size_t first = at;
    (void)count_fields(d, s, &at, &ignored);
    below = at;
    for (at = first; at < s.n;) {
        struct csv_cell c = csv_cell_at(d, s, at, s.n), under = csv_cell_at(d, s, below, s.n);
        struct slice cell = slice_sub(s, c.from, c.to - c.from),
                     other = slice_sub(s, under.from, under.to - under.from);
        bool is = is_value(cell);
        if (is) values++;
        if (is_year(cell)) years++;
        if (!is && cell.n) names++;
        if (!is && cell.n && is_value(other)) differ++;
        if (c.end >= s.n || s.p[c.end] != d->separator) break;
        at = c.end + 1;
        below = under.end < s.n && s.p[under.end] == d->separator ? under.end + 1 : s.n;
    }
    if (!values) return names > 0;
    return differ > 0 || (values == years && names > 0);
}

void csv_guess(struct slice text, struct slice name, struct csv_dialect *ret)
{
    struct slice head = slice_sub(text, 0, SAMPLE);
    bool tsv = slice_ends_nocase(name, S(".tsv")) || slice_ends_nocase(name, S(".tab"));
    struct trial t, best = {0};
    size_t most = 0;
    *ret = (struct csv_dialect){.separator = tsv ? '\t' : ',', .quote = '"', .fields = 1};
    bool hinted = excel_hint(head, ret);
    if (!hinted) skip_comments(head, ret);
    uint8_t winner = ret->separator;
    for (size_t i = 0; i < COUNT_OF(separators); i++) {
        if (hinted && separators[i].byte != winner) continue;
        ret->separator = separators[i].byte;
        guess_quotes(head, ret);
        try(ret, head, head.n == text.n, &t);
        size_t points = score(&t, ret->separator, tsv);
        if (points <= most) continue;
        most = points;
        best = t;
        winner = ret->separator;
    }
    ret->separator = winner;
    ret->quote = '"';
    guess_quotes(head, ret);
    if (best.most) ret->fields = best.most;
    ret->header = guess_header(ret, head);
    for (size_t i = 0; i < COUNT_OF(separators); i++)
        if (separators[i].byte == winner) ret->label = separators[i].label;
}
