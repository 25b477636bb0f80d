/* SPDX-License-Identifier: Apache-2.0 */
/* digits.h - the arithmetic of check digits.
 * Why: some eighty national numbers use a dozen methods; each method is here once, each number is
 * a table of weights in an ids_*.c file.
 * Owns: nothing.   Threads: pure.   Fails: false when the text has something else than it may. */
#pragma once
#include "base/slice.h"
#include "detect/check/check.h"

#define DIGITS_MAX 40u

struct digits {
    uint8_t d[DIGITS_MAX]; /* values: 0..9, letters 10..35 where they are allowed */
    size_t n;
    size_t separators; /* how many characters were left out */
};

/* Decimal digits; the characters of `between` (NULL: none) are left out. */
bool digits_of(struct slice s, const char *between, struct digits *ret);
/* Digits and ASCII letters of either case, A = 10. */
bool digits_alnum(struct slice s, const char *between, struct digits *ret);
/* digits_of, and there are exactly n. */
bool digits_exactly(struct slice s, const char *between, size_t n, struct digits *ret);

unsigned digits_sum(const uint8_t *d, const uint8_t *weights, size_t n);
uint64_t digits_number(const uint8_t *d, size_t n);
/* The two digits at `at` as a number: days, months, regions. */
static inline unsigned digits_two(const struct digits *x, size_t at)
{
    return x->d[at] * 10u + x->d[at + 1];
}
unsigned digits_mod(const uint8_t *d, size_t n, unsigned m); /* of a number of any length */
bool digits_equal(const struct digits *x);                   /* 0000000, 1111111 */
bool digits_counting(const struct digits *x);                /* 123456789, 0123456789, 987654321 */

bool digits_luhn(const uint8_t *d, size_t n);     /* ISO/IEC 7812 */
bool digits_verhoeff(const uint8_t *d, size_t n); /* dihedral group D5 */
bool digits_mod11_10(const uint8_t *d, size_t n); /* ISO/IEC 7064, decimal */
bool digits_mod11_2(const uint8_t *d, size_t n);  /* the last may be 10, written X */
bool digits_mod97(const struct digits *alnum);    /* ISO/IEC 7064 over letter-expanded digits */

/* A day that was or will be; two-digit years fit when one of their centuries does. */
bool calendar_day(unsigned year, unsigned month, unsigned day);
bool calendar_short(unsigned year, unsigned month, unsigned day);

/* The usual ends of a check function. Numbers of equal or counting digits are nobody's. */
enum check_result digits_fits(const struct digits *x, bool right);
enum check_result digits_good(const struct digits *x, bool right);
