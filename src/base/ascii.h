/* SPDX-License-Identifier: Apache-2.0 */
/* ascii.h - what kind of character a byte is, in ASCII and nothing else.
 * Why: <ctype.h> asks the locale and takes an int; a byte of a stranger's text is neither. Bytes
 * only: -Wconversion refuses a code point here, whose high bits would be lost. Owns: nothing.
 * Threads: values.   Fails: never. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

static inline bool ascii_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}
static inline bool ascii_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}
static inline bool ascii_lower(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}
static inline bool ascii_letter(uint8_t c)
{
    return ascii_lower(c | 0x20);
}
static inline bool ascii_alnum(uint8_t c)
{
    return ascii_digit(c) || ascii_letter(c);
}
/* White space of C: blank, \t \n \v \f \r. */
static inline bool ascii_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}
static inline uint8_t ascii_to_lower(uint8_t c)
{
    return ascii_upper(c) ? c | 0x20 : c;
}
static inline uint8_t ascii_to_upper(uint8_t c)
{
    return ascii_lower(c) ? c & 0xdf : c;
}
/* The value of a hexadecimal digit, or -1. */
static inline int ascii_hex(uint8_t c)
{
    if (ascii_digit(c)) return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
static inline bool ascii_is_hex(uint8_t c)
{
    return ascii_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}
