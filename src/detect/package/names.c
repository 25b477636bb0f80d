/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - the order of the rules is their weight: letters of other alphabets, shapes, separators,
 * swaps, typing errors. Typing errors are counted word by word where both names have as many words:
 * langchain-exa and langchain-xai are two products, not one and its misprint. */
#include "detect/package/names.h"
#include "base/ascii.h"
#include "base/utf8.h"
#include "detect/view/lookalike.h"

#define NAME_MAX_BYTES 64u
#define SHORT          5u /* shorter words are near to too many others */
#define LONG           9u /* from here on two edits count */

static bool is_sep(uint8_t c)
{
    return c == '-' || c == '_' || c == '.';
}

struct slice names_normal(struct arena *a, struct slice name)
{
    uint8_t *out = arena_alloc(a, name.n + 1, 1);
    size_t n = 0;
    if (!out) return (struct slice){NULL, 0};
    for (size_t i = 0; i < name.n; i++) {
        bool sep = is_sep(name.p[i]);
        if (sep && n && out[n - 1] == '-') continue;
        out[n++] = sep ? '-' : ascii_to_lower(name.p[i]);
    }
    return slice_of(out, n);
}

/* ---- lists ---- */

static size_t line_start(struct slice list, size_t at)
{
    size_t nl = at ? slice_rfind_byte(slice_sub(list, 0, at), '\n') : SIZE_MAX;
    return nl == SIZE_MAX ? 0 : nl + 1;
}

static int cmp_line(struct slice line, char kind, struct slice name)
{
    if (!line.n || line.p[0] != (uint8_t)kind) return !line.n || line.p[0] < (uint8_t)kind ? -1 : 1;
    return slice_cmp(slice_sub(line, 1, slice_find_byte(line, '\t') - 1), name);
}

bool names_find(struct slice list, char kind, struct slice name, struct slice *ret)
{
    size_t low = 0, high = list.n;
    while (low < high) {
        size_t at = line_start(list, low + (high - low) / 2);
        struct slice line =
            slice_sub(list, at, slice_find_byte(slice_sub(list, at, SIZE_MAX), '\n'));
        int d = cmp_line(line, kind, name);
        if (!d) {
            *ret = slice_sub(line, name.n + 2, SIZE_MAX);
            return true;
        }
        if (d < 0)
            low = at + line.n + 1;
        else
            high = at;
    }
    return false;
}

/* ---- distance ---- */

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Damerau-Levenshtein in the restricted form: no pair is edited after it was exchanged. */
unsigned names_distance(struct slice a, struct slice b, unsigned most)
{
    uint8_t rows[3][NAME_MAX_BYTES + 1];
    uint8_t *before = rows[0], *last = rows[1], *row = rows[2];
    if (a.n > NAME_MAX_BYTES || b.n > NAME_MAX_BYTES) return most + 1;
    if ((a.n > b.n ? a.n - b.n : b.n - a.n) > most) return most + 1;
    for (size_t k = 0; k <= b.n; k++) last[k] = (uint8_t)k;
    for (size_t i = 1; i <= a.n; i++) {
        unsigned best = row[0] = (uint8_t)i;
        for (size_t k = 1; k <= b.n; k++) {
            unsigned d = last[k - 1] + (a.p[i - 1] != b.p[k - 1] ? 1u : 0u);
            d = least(d, least(last[k], row[k - 1]) + 1u);
            if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] && a.p[i - 2] == b.p[k - 1])
                d = least(d, before[k - 2] + 1u);
            row[k] = (uint8_t)d;
            best = least(best, d);
        }
        if (best > most) return most + 1;
        uint8_t *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[b.n];
}

static size_t words_of(struct slice s)
{
    size_t n = 1;
    for (size_t i = 0; i < s.n; i++) n += s.p[i] == '-';
    return n;
}

static unsigned allowed(size_t n)
{
    return n < SHORT ? 0 : n < LONG ? 1 : 2;
}

/* Endings that make another word of the same family, not a misprint: torch1, keras3, xx2. */
static bool only_number(struct slice a, struct slice b)
{
    size_t n = 0;
    while (n < a.n && n < b.n && a.p[n] == b.p[n]) n++;
    for (size_t i = n; i < a.n; i++)
        if (!ascii_digit(a.p[i])) return false;
    for (size_t i = n; i < b.n; i++)
        if (!ascii_digit(b.p[i])) return false;
    return true;
}

static bool typo_of_word(struct slice name, struct slice popular, unsigned most, unsigned *ret)
{
    unsigned limit = least(most, allowed(popular.n));
    *ret = names_distance(name, popular, limit);
    return *ret <= limit;
}

/* Letters of the popular name, with repetitions, that the other has not. */
static size_t letters_lost(struct slice name, struct slice popular)
{
    uint8_t has[256] = {0};
    size_t lost = 0;
    for (size_t i = 0; i < name.n; i++) has[name.p[i]]++;
    for (size_t i = 0; i < popular.n; i++) {
        if (has[popular.p[i]])
            has[popular.p[i]]--;
        else
            lost++;
    }
    return lost;
}

/* Two edits: fingers exchange and double letters, but seldom miss the first one. Another beginning
 * is another word: biopandas is no geopandas, findtools no fonttools. */
static bool slipped_twice(struct slice name, struct slice popular)
{
    size_t same = 0;
    while (same < name.n && same < popular.n && name.p[same] == popular.p[same]) same++;
    return same >= 3 || (same && letters_lost(name, popular) <= 1);
}

bool names_slip(struct slice name, struct slice popular)
{
    unsigned limit = allowed(popular.n), edits = names_distance(name, popular, limit);
    if (edits > limit || only_number(name, popular)) return false;
    return edits < 2 || slipped_twice(name, popular);
}

static bool is_typo(struct slice name, struct slice popular)
{
    unsigned sum = 0, one = 0;
    if (!names_slip(name, popular)) return false;
    if (words_of(name) != words_of(popular)) return true;
    struct slice a, b;
    while (slice_split(&name, '-', &a) && slice_split(&popular, '-', &b)) {
        if (!typo_of_word(a, b, 2, &one)) return false;
        sum += one;
    }
    return sum > 0 && sum <= 2;
}

/* ---- shapes ---- */

/* What is read at a glance: rn is m, vv is w, cl is d, 0 is o, 1 and l are i; without separators.
 */
static size_t glance(struct slice s, uint8_t out[NAME_MAX_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < NAME_MAX_BYTES; i++) {
        uint8_t c = s.p[i], next = i + 1 < s.n ? s.p[i + 1] : 0;
        bool pair = (c == 'r' && next == 'n') || (c == 'v' && next == 'v');
        if (pair) i++;
        if (pair) c = c == 'r' ? 'm' : 'w';
        if (c == '0') c = 'o';
        if (c == '1' || c == 'l') c = 'i';
        if (c == '3' && i && i + 1 < s.n) c = 'e'; /* not at an end: boto3 */
        if (c == '5' && i && i + 1 < s.n) c = 's';
        out[n++] = c;
    }
    return n;
}

static size_t join(struct slice s, uint8_t out[NAME_MAX_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < NAME_MAX_BYTES; i++)
        if (s.p[i] != '-') out[n++] = s.p[i];
    return n;
}

typedef size_t squash_fn(struct slice s, uint8_t out[NAME_MAX_BYTES]);

static bool same_when(squash_fn *squash, struct slice a, struct slice b)
{
    uint8_t x[NAME_MAX_BYTES], y[NAME_MAX_BYTES];
    if (a.n > NAME_MAX_BYTES || b.n > NAME_MAX_BYTES) return false;
    size_t n = squash(a, x), m = squash(b, y);
    return n == m && memcmp(x, y, n) == 0;
}

/* Letters of other alphabets as the ones that they look like; false: it has none. */
static bool latin(struct slice s, uint8_t out[NAME_MAX_BYTES], size_t *ret_n)
{
    size_t at = 0, n = 0;
    bool foreign = false, exact;
    while (at < s.n && n < NAME_MAX_BYTES) {
        uint32_t code;
        size_t step = utf8_next(s, at, &code);
        if (!step) return false;
        unsigned char like = code < 0x80 ? (unsigned char)code : lookalike(code, &exact);
        if (!like) return false;
        foreign |= code >= 0x80;
        out[n++] = ascii_to_lower(like);
        at += step;
    }
    *ret_n = n;
    return foreign && at == s.n;
}

/* ---- swaps ---- */

/* "a-b" and "b-a" */
static bool turned(struct slice name, struct slice popular)
{
    size_t cut = slice_find_byte(popular, '-');
    if (cut == SIZE_MAX || name.n != popular.n) return false;
    struct slice head = slice_sub(popular, 0, cut), tail = slice_sub(popular, cut + 1, popular.n);
    return slice_starts(name, tail) && slice_ends(name, head) && name.p[tail.n] == '-' &&
           !slice_eq(head, tail);
}

/* python-numpy, numpy-py: an affix that says nothing. */
static bool dressed(struct slice name, struct slice popular)
{
    static const char *const before[] = {"python-", "py-", "py", "python", "python3-"};
    static const char *const behind[] = {"-python", "-py", "py", "-python3", "-official"};
    if (popular.n < SHORT || name.n <= popular.n) return false;
    struct slice rest = slice_sub(name, 0, name.n - popular.n);
    if (slice_ends(name, popular))
        for (size_t i = 0; i < sizeof before / sizeof *before; i++)
            if (slice_eq(rest, slice_str(before[i]))) return true;
    rest = slice_sub(name, popular.n, name.n);
    if (slice_starts(name, popular))
        for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
            if (slice_eq(rest, slice_str(behind[i]))) return true;
    return false;
}

static enum likeness like(struct slice name, struct slice popular, bool word)
{
    if (popular.n >= 4 && same_when(join, name, popular)) return LIKE_SEPARATOR;
    if (popular.n >= SHORT && same_when(glance, name, popular)) return LIKE_SHAPE;
    if (turned(name, popular) || (!word && dressed(name, popular))) return LIKE_SWAP;
    return !word && is_typo(name, popular) ? LIKE_TYPO : LIKE_NONE;
}

static bool listed(struct slice list, struct slice name)
{
    static const char kinds[] = "pnobmi";
    struct slice text;
    for (size_t i = 0; kinds[i]; i++)
        if (names_find(list, kinds[i], name, &text)) return true;
    return false;
}

enum likeness names_like(struct slice list, struct slice name, struct slice *ret_popular)
{
    uint8_t plain[NAME_MAX_BYTES];
    size_t n = 0;
    struct slice line, text;
    enum likeness best = LIKE_NONE;
    unsigned nearest = 3;
    if (latin(name, plain, &n) && names_find(list, NAME_POPULAR, slice_of(plain, n), &text)) {
        size_t at = 0;
        (void)slice_inside(list, text, &at);
        *ret_popular = slice_sub(list, at - 1 - n, n);
        return LIKE_LETTERS;
    }
    if (name.n < 4 || name.n > NAME_MAX_BYTES || listed(list, name)) return LIKE_NONE;
    while (slice_split(&list, '\n', &line)) {
        if (!line.n || line.p[0] != NAME_POPULAR) continue;
        struct slice popular = slice_sub(line, 1, slice_find_byte(line, '\t') - 1);
        bool word = slice_ends(line, S("word"));
        enum likeness l = like(name, popular, word);
        if (l == LIKE_NONE) continue;
        unsigned near = names_distance(name, popular, 2);
        if (best != LIKE_NONE && (l > best || (l == best && near >= nearest))) continue;
        best = l;
        nearest = near;
        *ret_popular = popular;
    }
    return best;
}
