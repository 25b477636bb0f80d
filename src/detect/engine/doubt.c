/* SPDX-License-Identifier: Apache-2.0 */
/* doubt.c - reasons to think that a text which has the form of a secret is none: examples,
 * placeholders, references to where the secret really is, names, patterns. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/check/words.h"
#include "detect/engine/part.h"

#define LONG 80u /* values in which chance writes short words */

bool doubt_placeholder(struct slice v)
{
    if (v.n == 0) return true;
    if (v.p[0] == '$' && (v.n < 2 || ascii_letter(v.p[1]) || v.p[1] == '{'))
        return true;                                       /* $NAME */
    if (v.p[0] == '%' && v.p[v.n - 1] == '%') return true; /* %NAME% */
    if (slice_find_byte(v, '<') != SIZE_MAX || slice_find_byte(v, '>') != SIZE_MAX) return true;
    return words_are_inside(&words_inside_placeholders, v, v.n > LONG ? 6 : 0);
}

/* Does every character equal the one `period` before it? */
static bool has_period(struct slice v, size_t period)
{
    for (size_t i = period; i < v.n; i++)
        if (v.p[i] != v.p[i - period]) return false;
    return true;
}

/* Are there five steps of 0 in a row (six of a character), or six of 1 or -1, over v.p[i]? */
static bool is_in_sequence(struct slice v, size_t i)
{
    int step = v.p[i] - v.p[i - 1];
    size_t from = i, to = i + 1;
    while (from > 1 && v.p[from - 1] - v.p[from - 2] == step) from--;
    while (to < v.n && v.p[to] - v.p[to - 1] == step) to++;
    return to - from >= (step ? 6u : 5u);
}

/* Runs and sequences: each of them has a fifth step. */
static bool has_sequence(struct slice v)
{
    for (size_t i = 5; i < v.n; i += 5) {
        unsigned step = (unsigned)(v.p[i] - v.p[i - 1]) + 1u;
        if (step <= 2 && is_in_sequence(v, i)) return true;
    }
    return false;
}

/* Has it fewer different characters than so many? */
static bool has_few(struct slice v, size_t least)
{
    uint64_t seen[4] = {0};
    for (size_t i = 0, n = 0; i < v.n; i++) {
        uint64_t bit = 1ull << v.p[i] % 64;
        n += !(seen[v.p[i] / 64] & bit);
        if (n == least) return false;
        seen[v.p[i] / 64] |= bit;
    }
    return true;
}

bool doubt_repetitive(struct slice v)
{
    if (has_sequence(v)) return true;
    if (v.n >= 12 && has_few(v, v.n < 24 ? 5 : v.n < 64 ? 7 : 8)) return true;
    for (size_t period = 1; period <= 8 && period * 3 <= v.n; period++)
        if (has_period(v, period)) return true;
    return false;
}

static bool is_vowel(uint8_t c)
{
    c |= 32;
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

/* A run of letters that could be said: one case or Capitalised, vowels between the consonants. */
static bool is_spoken(struct slice w, bool acronyms)
{
    size_t vowels = 0, consonants = 0, most = 0, upper = 0;
    for (size_t i = 0; i < w.n; i++) {
        upper += i > 0 && ascii_upper(w.p[i]);
        if (is_vowel(w.p[i])) {
            vowels++;
            consonants = 0;
        } else if (++consonants > most) {
            most = consonants;
        }
    }
    if (upper && upper + 1 < w.n) return false;
    if (upper && !acronyms && w.n <= 3) return false;
    if (w.n <= 3 || (acronyms && upper && w.n <= 5)) return true;
    return vowels * 5 >= w.n && vowels * 4 <= w.n * 3 && most <= 4;
}

/* camelCase, and the last capital of HTTPServer */
static bool new_word(struct slice v, size_t i, bool acronyms)
{
    if (!ascii_upper(v.p[i])) return false;
    return ascii_lower(v.p[i - 1]) || (acronyms && i + 1 < v.n && ascii_lower(v.p[i + 1]));
}

/* How many letters there are, and how many of them could be said. */
static size_t spoken_letters(struct slice v, bool acronyms, size_t *ret_letters, size_t *ret_digits)
{
    size_t letters = 0, spoken = 0, digits = 0, i = 0;
    while (i < v.n) {
        if (!ascii_letter(v.p[i])) {
            digits += ascii_digit(v.p[i++]);
            continue;
        }
        size_t from = i++;
        while (i < v.n && ascii_letter(v.p[i]) && !new_word(v, i, acronyms)) i++;
        size_t n = i - from;
        letters += n;
        if (n >= (acronyms ? 2u : 3u) && is_spoken(slice_sub(v, from, n), acronyms)) spoken += n;
    }
    *ret_letters = letters;
    *ret_digits = digits;
    return spoken;
}

bool doubt_words(struct slice v)
{
    size_t letters, digits, spoken = spoken_letters(v, false, &letters, &digits);
    return digits * 8 <= v.n && letters * 5 >= v.n * 3 && spoken * 5 >= letters * 4;
}

bool doubt_identifier(struct slice v)
{
    size_t letters, digits, spoken = spoken_letters(v, true, &letters, &digits);
    return letters * 5 >= v.n * 3 && spoken * 10 >= letters * 9 && letters >= 8;
}

bool doubt_usual(struct slice v)
{
    return v.n < 3 || words_have(&words_set_password_usual, v) || has_period(v, 1);
}

bool doubt_password(struct slice v)
{
    return doubt_usual(v) || doubt_placeholder(v);
}

/* Words of names that are no secrets though a word for secrets may stand in them too. */
bool doubt_key(struct slice key)
{
    size_t i = 0;
    while (i < key.n) {
        if (!ascii_alnum(key.p[i])) {
            i++;
            continue;
        }
        size_t from = i++;
        while (i < key.n && ascii_alnum(key.p[i]) &&
               !(ascii_upper(key.p[i]) && ascii_lower(key.p[i - 1])))
            i++;
        if (words_have(&words_set_key_other, slice_sub(key, from, i - from))) return true;
    }
    return false;
}

/* log2(n) in hundredths, n < 65536: exponent and a straight line between powers of two, corrected.
 */
static unsigned log2_hundredths(unsigned n)
{
    unsigned e = 31u - (unsigned)__builtin_clz(n);
    unsigned part = (n << 8 >> e) - 256; /* 0..255 of the way to the next power */
    unsigned bow =
        part * (256 - part) * 34 / (256 * 256); /* log2 lies above the line, by 0.086 at most */
    return e * 100 + part * 100 / 256 + bow;
}

unsigned entropy(struct slice v)
{
    static const uint16_t logs[] = {0, 0, 100, 158, 200, 231, 258, 281}; /* log2_hundredths() */
    uint16_t times[256] = {0};
    unsigned n = v.n < 60000 ? (unsigned)v.n : 60000, most = log2_hundredths(n ? n : 1);
    if (!n) return 0;
    for (unsigned i = 0; i < n; i++) times[v.p[i]]++;
    uint64_t sum = 0; /* byte by byte: most values are shorter than the table */
    for (unsigned i = 0; i < n; i++) {
        unsigned t = times[v.p[i]];
        sum += most - (t < COUNT_OF(logs) ? logs[t] : log2_hundredths(t));
    }
    return (unsigned)(sum / n);
}
