/* SPDX-License-Identifier: Apache-2.0 */
/* hold_tail.c - the end of a text, by its letters: what may become a value though no literal and
 * no class of bytes has said so yet. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/engine/hold_part.h"

#define WORD_MOST   600u /* as find.c follows a token */
#define NAME_REACH  (WORD_BACK + 32u)
#define VALUE_LEAST 8u
#define SHAPE_REACH 112u /* the longest telephone number */
#define ESCAPE_MOST 6u   /* \\u0020 before a token; in one there is none */

enum { IS_WORD = 1, IS_TOKEN = 2, IS_SHAPE = 4, IS_ALNUM = 8 };

#define BIT(c) (1ull << ((c)&63))

/* Local parts, schemes, hosts, prefixes, the alphabets of keys. */
static bool is_word(uint8_t c)
{
    static const uint64_t low = BIT('.') | BIT('%') | BIT('+') | BIT('-') | BIT('/') | BIT(':') |
                                BIT('$') | BIT('='),
                          high = BIT('_') | BIT('@') | BIT('~');
    uint64_t signs = c < 64 ? low : c < 128 ? high : 0;
    return ascii_alnum(c) || (signs >> (c & 63) & 1);
}

static size_t back_while(struct slice t, size_t at, size_t most, bool (*is)(uint8_t))
{
    size_t low = at > most ? at - most : 0;
    while (at > low && is(t.p[at - 1])) at--;
    return at;
}

/* The beginning of the word at the end; most texts end in one, and each piece asks for it. */
static size_t last_word(const struct hold_words *w, struct slice t)
{
    size_t low = t.n > WORD_MOST ? t.n - WORD_MOST : 0, at = t.n;
    while (at > low && w->kinds[t.p[at - 1]] & IS_WORD) at--;
    return at;
}

/* "12", "12b ": the number of a house, until the next word comes. */
static size_t house(struct slice t)
{
    size_t at = t.n;
    if (at && t.p[at - 1] == ' ') at--;
    if (at && ascii_letter(t.p[at - 1])) at--;
    size_t from = back_while(t, at, 7, ascii_digit);
    return from < at ? from : t.n;
}

static bool is_shape(uint8_t c)
{
    return ascii_digit(c) || ascii_upper(c);
}

static bool is_joint(uint8_t c)
{
    static const uint64_t joints =
        BIT(' ') | BIT('-') | BIT('.') | BIT('/') | BIT('(') | BIT(')') | BIT('+');
    return c < 64 && (joints >> c & 1);
}

/* Capitals and digits with up to two separators between, as classes.c has them, and the sign
 * before. */
static size_t shape(struct slice t)
{
    size_t low = t.n > SHAPE_REACH ? t.n - SHAPE_REACH : 0, from = t.n;
    for (size_t at = t.n, joints = 0; at > low && joints < 3; at--) {
        bool is = is_shape(t.p[at - 1]);
        if (!is && !is_joint(t.p[at - 1])) break;
        joints = is ? 0 : joints + 1;
        if (is) from = at - 1;
    }
    while (from > low && from < t.n && strchr("+(-", t.p[from - 1]) && t.p[from - 1]) from--;
    return from;
}

static bool is_passport(uint8_t c)
{
    return is_shape(c) || c == '<';
}

/* P<FRAMEYER<<ANNA: the zone that machines read. */
static size_t passport(struct slice t)
{
    size_t from = back_while(t, t.n, 46, is_passport);
    return from < t.n && t.p[from] == 'P' ? from : t.n;
}

static size_t back_blanks(struct slice t, size_t at)
{
    for (size_t n = 0; n < 3 && at && t.p[at - 1] <= ' '; n++) at--;
    return at;
}

/* "52.51627, 13": the first half of a position. */
static size_t position(struct slice t)
{
    size_t at = back_while(t, t.n, 3, ascii_digit);
    if (at && t.p[at - 1] == '-') at--;
    at = back_blanks(t, at);
    if (at && t.p[at - 1] == ',') at = back_blanks(t, at - 1);
    size_t end = at;
    at = back_while(t, at, 15, ascii_digit);
    if (end - at < 4 || !at || t.p[at - 1] != '.') return t.n;
    size_t point = at - 1;
    at = back_while(t, point, 2, ascii_digit);
    if (at == point) return t.n;
    return at && t.p[at - 1] == '-' ? at - 1 : at;
}

static bool is_small(uint8_t c)
{
    return ascii_lower(c) || c == ' ';
}

static bool is_solid(uint8_t c)
{
    return c > ' ';
}

/* The same while the quote is open: from the last quote of each kind. */
static size_t open_quote(struct slice t)
{
    size_t low = back_while(t, t.n, 256, is_solid), from = t.n;
    struct slice word = slice_sub(t, low, t.n - low);
    for (size_t k = 0; k < 3; k++) {
        size_t at = slice_rfind_byte(word, (uint8_t) "\"'`"[k]);
        if (at != SIZE_MAX && low + at + 1 < from) from = low + at + 1;
    }
    return from;
}

/* `v` as the key: a quoted value before up to four small words (code_assign.c). */
static size_t quoted(struct slice t)
{
    size_t word = back_while(t, t.n, 48, is_word), at = back_while(t, word, 160, is_small);
    if (at && t.p[at - 1] == '\\') at--;
    if (!at || !is_quote(t.p[at - 1])) return t.n;
    uint8_t quote = t.p[at - 1];
    size_t to = at - 1, from = to, digits = 0;
    while (from && to - from < 256 && t.p[from - 1] > ' ' && t.p[from - 1] != quote)
        digits += !ascii_letter(t.p[--from]);
    bool value = from && t.p[from - 1] == quote && to - from >= VALUE_LEAST && digits;
    return value ? from : t.n;
}

static bool is_odd(const struct literal *l)
{
    for (size_t i = 0; i < l->size; i++)
        if (!is_word((uint8_t)literal_text(l)[i])) return true;
    return false;
}

static void add_odd(struct hold_words *w, size_t literal, const struct literal_use *use)
{
    bool value = use->how == BY_PATTERN && !pattern_has_group(detector_rows[use->what].program);
    bool mark = use->how == BY_CODE && (use->what == CODE_GCP_SA || use->what == CODE_OCI);
    if ((!value && !mark) || !is_odd(&literals_table[literal])) return;
    if (w->odd_count == COUNT_OF(w->odd)) return;
    const struct literal *l = &literals_table[literal];
    for (size_t i = 0; i < l->size; i++) {
        uint8_t c = (uint8_t)literal_text(l)[i];
        w->odd_with[c] |= 1ull << w->odd_count;
        if (l->nocase && ascii_lower(c)) w->odd_with[c - 32] |= 1ull << w->odd_count;
    }
    w->odd[w->odd_count].before = mark ? 0 : use->high;
    w->odd[w->odd_count++].literal = (uint16_t)literal;
}

/* The longest end of the text that is a beginning of such a literal. */
static size_t odd_literal(const struct hold_words *w, struct slice t)
{
    size_t least = t.n;
    for (uint64_t some = t.n ? w->odd_with[t.p[t.n - 1]] : 0; some; some &= some - 1) {
        unsigned i = (unsigned)__builtin_ctzll(some);
        const struct literal *l = &literals_table[w->odd[i].literal];
        struct slice text = slice_of(literal_text(l), l->size);
        for (size_t n = l->size < t.n ? l->size : t.n; n > 0; n--) {
            struct slice head = slice_sub(text, 0, n), tail = slice_sub(t, t.n - n, n);
            if (head.p[n - 1] != (tail.p[n - 1] | (l->nocase ? 32 : 0)) &&
                head.p[n - 1] != tail.p[n - 1])
                continue;
            if (!(l->nocase ? slice_eq_nocase(head, tail) : slice_eq(head, tail))) continue;
            size_t from = back_while(t, t.n - n, w->odd[i].before, is_word);
            if (from < least) least = from;
            break;
        }
    }
    return least;
}

static bool is_token(uint8_t c)
{
    return ascii_alnum(c) || c == '+' || c == '/' || c == '-' || c == '_' || c == '.' || c == '=';
}

static uint8_t kinds_of(uint8_t c)
{
    return (uint8_t)((is_word(c) ? IS_WORD : 0) | (is_token(c) ? IS_TOKEN : 0) |
                     (is_shape(c) ? IS_SHAPE : 0) | (ascii_alnum(c) ? IS_ALNUM : 0));
}

void hold_words_init(struct hold_words *w)
{
    struct detector_set seen = {0};
    *w = (struct hold_words){0};
    for (unsigned c = 0; c < 256; c++) w->kinds[c] = kinds_of((uint8_t)c);
    for (size_t i = 0; i < literals_count; i++) {
        const struct literal *l = &literals_table[i];
        for (unsigned k = 0; k < l->uses; k++) {
            const struct literal_use *use = &literal_uses[l->first_use + k];
            add_odd(w, i, use);
            if (use->how != BY_WORD || set_has(&seen, use->what)) continue;
            seen.bits[use->what / 64] |= 1ull << (use->what % 64);
            w->list[w->count++] = use->what;
        }
    }
}

/* Does a value begin here that only its vendor's name is missing for? */
static bool is_nameless(const struct hold_words *w, struct slice t, size_t at)
{
    struct match m;
    for (size_t k = 0; k < w->count; k++) {
        const struct detector_row *row = &detector_rows[w->list[k]];
        if (in_set(row->first, t.p[at]) && pattern_match(row->program, t, at, &m)) return true;
    }
    return false;
}

/* The first value of the line that a name close behind could claim. */
static size_t nameless(const struct hold_words *w, struct slice t)
{
    size_t low = t.n > NAME_REACH ? t.n - NAME_REACH : 0;
    size_t nl = slice_rfind_byte(slice_sub(t, low, t.n - low), '\n');
    size_t at = nl == SIZE_MAX ? low : low + nl + 1;
    while (at < t.n) {
        size_t to = at, shapes = 0;
        while (to < t.n && w->kinds[t.p[to]] & IS_TOKEN)
            shapes += w->kinds[t.p[to++]] / IS_SHAPE & 1;
        bool long_enough = to - at >= RUN_LEAST || shapes >= VALUE_LEAST; /* as gate.c asks */
        for (size_t i = at; long_enough && i < to; i++) {
            if (!(w->kinds[t.p[i]] & IS_ALNUM)) continue;
            bool begins = i == 0 || !(w->kinds[t.p[i - 1]] & IS_ALNUM);
            if (!begins && i < at + ESCAPE_MOST) begins = pattern_starts_word(t, i);
            if (begins && is_nameless(w, t, i)) return i;
        }
        at = to + 1;
    }
    return t.n;
}

void hold_tail(const struct hold_words *w, struct slice t, uint64_t base, struct pending *p)
{
    hold_least(p, base + last_word(w, t));
    hold_least(p, base + shape(t));
    hold_least(p, base + passport(t));
    hold_least(p, base + odd_literal(w, t));
    hold_least(p, base + house(t));
    hold_least(p, base + position(t));
    hold_least(p, base + quoted(t));
    hold_least(p, base + open_quote(t));
    uint64_t from = base + nameless(w, t);
    if (from < p->open) p->open = from;
}
