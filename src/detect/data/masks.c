/* SPDX-License-Identifier: Apache-2.0 */
/* masks.c - enough of a value to find it again, too little to use it. Separators stay, because they
 * say what it is; letters and digits become stars but for a few at the ends. Low-entropy values
 * (names, phone numbers) keep less, e-mail addresses only their first letters and the end. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/data/data_part.h"
#include <stdio.h>

#define STARS_MAX 40u /* longer values are shortened and their length is said */

struct mask {
    char *to;
    size_t n;
};

static void put(struct mask *m, int c)
{
    if (m->n + 1 < MASK_MAX) m->to[m->n++] = (char)c;
}

/* Characters that count: letters, digits, and everything beyond ASCII. */
static size_t count_letters(struct slice s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += ascii_alnum(s.p[i]) || (s.p[i] & 0xc0) == 0xc0;
    return n;
}

/* Letters [0, head) and [n - tail, n) stay, the others become stars. */
static void put_masked(struct mask *m, struct slice s, size_t head, size_t tail)
{
    size_t n = count_letters(s), seen = 0;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        if ((c & 0xc0) == 0x80) continue; /* the rest of a character */
        if (!ascii_alnum(c) && c < 0x80) {
            put(m, c < 0x20 || c == 0x7f ? ' ' : c);
            continue;
        }
        bool stays = c < 0x80 && (seen < head || seen + tail >= n);
        put(m, stays ? c : '*');
        seen++;
    }
}

static void put_email(struct mask *m, struct slice s, size_t at)
{
    struct slice domain = slice_sub(s, at + 1, s.n);
    size_t dot = slice_rfind_byte(domain, '.');
    if (dot == SIZE_MAX) dot = domain.n;
    put_masked(m, slice_sub(s, 0, at), 1, 0);
    put(m, '@');
    put_masked(m, slice_sub(domain, 0, dot), 1, 0);
    for (size_t i = dot; i < domain.n; i++) put(m, domain.p[i]);
}

static void put_long(struct mask *m, struct slice s)
{
    char text[40];
    put_masked(m, slice_sub(s, 0, 12), 4, 0);
    int n = snprintf(text, sizeof text, "...(%zu characters)", s.n);
    for (int i = 0; i < n; i++) put(m, text[i]);
}

/* Of "-----BEGIN PRIVATE KEY-----" and what follows, only the first line is no secret. */
static void put_pem(struct mask *m, struct slice s)
{
    size_t end = slice_find(slice_sub(s, 5, s.n), S("-----"));
    struct slice head = slice_sub(s, 0, end == SIZE_MAX ? 5 : end + 10);
    if (head.n > 48) head.n = 48;
    for (size_t i = 0; i < head.n; i++)
        put(m, ascii_alnum(head.p[i]) || head.p[i] == '-' ? head.p[i] : ' ');
    put(m, ' ');
    put(m, '*');
    put(m, '*');
}

void mask_value(struct slice text, char ret[MASK_MAX])
{
    struct mask m = {.to = ret};
    struct slice s = slice_trim(text);
    size_t n = count_letters(s), at = slice_find_byte(s, '@');
    if (slice_starts(s, S("-----BEGIN")))
        put_pem(&m, s);
    else if (s.n > STARS_MAX)
        put_long(&m, s);
    else if (at != SIZE_MAX && at && !slice_has(s, S("://")) && slice_find_byte(s, ' ') == SIZE_MAX)
        put_email(&m, s, at);
    else if (n >= 16)
        put_masked(&m, s, 4, 2);
    else if (n >= 10)
        put_masked(&m, s, 2, 2);
    else if (n >= 7)
        put_masked(&m, s, 0, 2);
    else
        put_masked(&m, s, 1, 0);
    ret[m.n] = 0;
}

#define WORD_MIN   16u /* with two digits in it: no name of a column is like that */
#define NUMBER_MIN 12u

bool mask_calls_for(struct slice name)
{
    size_t letters = 0, digits = 0;
    for (size_t i = 0; i <= name.n; i++) {
        uint8_t c = i < name.n ? name.p[i] : 0;
        bool digit = ascii_digit(c);
        if (c == '@' && i && ascii_alnum(name.p[i - 1]) &&
            slice_find_byte(slice_sub(name, i, 80), '.') < 80)
            return true;
        letters += ascii_alnum(c) && !digit;
        digits += digit;
        if (ascii_alnum(c)) continue;
        if (digits >= NUMBER_MIN || (letters + digits >= WORD_MIN && digits >= 2 && letters))
            return true;
        letters = digits = 0;
    }
    return false;
}
