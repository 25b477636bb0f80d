/* SPDX-License-Identifier: Apache-2.0 */
/* person.c - names and addresses of people. Without a language model this can only be modest: what
 * is told is a title before a name, or a given name and a family name that are common. */
#include "base/utf8.h"
#include "detect/check/table.h"
#include "detect/check/words.h"

/* The next word: letters, also beyond ASCII, with - and ' inside. */
static struct slice word(struct slice s, size_t *at)
{
    while (*at < s.n && (s.p[*at] == ' ' || s.p[*at] == '.' || s.p[*at] == ',' || s.p[*at] == '\t'))
        (*at)++;
    size_t from = *at;
    while (*at < s.n && s.p[*at] != ' ' && s.p[*at] != '.' && s.p[*at] != ',' && s.p[*at] != '\t')
        (*at)++;
    return slice_sub(s, from, *at - from);
}

static uint32_t lower(uint32_t c)
{
    bool capital = (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) ||
                   (c >= 0x410 && c <= 0x42f);
    return capital ? c + 32 : c == 0x401 ? 0x451 : c;
}

/* Capital first, letters only; in lower case in ret. */
static size_t fold(struct slice w, uint8_t ret[32], bool *ret_capital)
{
    size_t n = 0, at = 0;
    *ret_capital = false;
    while (at < w.n) {
        uint32_t c;
        size_t len = utf8_next(w, at, &c);
        if (!len || n + 2 > 32) return 0;
        bool letter = c >= 0x80 || (c | 32) - 'a' < 26u || c == '-' || c == '\'';
        if (!letter) return 0;
        uint32_t l = lower(c);
        if (at == 0) *ret_capital = l != c || (c >= 0x100 && c % 2 == 0);
        at += len;
        if (l < 0x80)
            ret[n++] = (uint8_t)l;
        else if (l < 0x800) {
            ret[n++] = (uint8_t)(0xc0 | l >> 6);
            ret[n++] = (uint8_t)(0x80 | (l & 63));
        } else
            return 0;
    }
    return n;
}

static bool title(struct slice w)
{
    static const char *const titles[] = {
        "mr", "mrs", "ms",  "miss",    "dr",    "prof",   "herr",      "frau",   "mme", "mlle",
        "sr", "sra", "sig", "signora", "señor", "señora", "professor", "doctor", NULL};
    for (size_t i = 0; titles[i]; i++)
        if (slice_eq(w, slice_str(titles[i]))) return true;
    return false;
}

/* A whole value: a cell, or what the pattern matched. */
enum check_result check_person(struct slice value)
{
    unsigned words = 0, given = 0, family = 0, capitals = 0;
    bool titled = false;
    size_t at = 0;
    for (;;) {
        struct slice w = word(value, &at);
        if (!w.n) break;
        uint8_t flat[32];
        bool capital;
        size_t n = fold(w, flat, &capital);
        struct slice f = slice_of(flat, n);
        if (!n || ++words > 5) return CHECK_BAD;
        if (words == 1 && title(f)) {
            titled = true;
            continue;
        }
        capitals += capital;
        bool g = words_find(&words_given, f) != SIZE_MAX;
        given += g;
        family += !g && words_find(&words_family, f) != SIZE_MAX;
    }
    words -= titled;
    if (!words || capitals + 1 < words) return CHECK_BAD; /* von, de, van may be small */
    if (titled) return given + family ? CHECK_GOOD : words > 1 ? CHECK_FITS : CHECK_BAD;
    if (words == 1) return given + family ? CHECK_FITS : CHECK_BAD;
    return given && given + family > 1 ? CHECK_GOOD : given || family ? CHECK_FITS : CHECK_BAD;
}

/* 12 Long Road: the pattern says what it is; years before a name say something else. */
enum check_result check_street(struct slice value)
{
    size_t at = 0;
    struct slice number = word(value, &at), first = word(value, &at);
    unsigned v = 0;
    for (size_t i = 0; i < number.n && number.p[i] <= '9' && number.p[i] >= '0'; i++)
        v = v * 10 + (unsigned)(number.p[i] - '0');
    if (!number.n || !first.n || v == 0) return CHECK_BAD;
    return CHECK_FITS;
}
