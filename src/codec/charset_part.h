/* SPDX-License-Identifier: Apache-2.0 */
/* charset_part.h - what the tables and those who read them share. */
#pragma once
#include "codec/charset.h"

enum charset_kind {
    CHARSET_UTF_8,
    CHARSET_UTF_16LE,
    CHARSET_UTF_16BE,
    CHARSET_UTF_32LE,
    CHARSET_UTF_32BE,
    CHARSET_SINGLE,
    /* an ASCII byte, or two (three, four) */
    CHARSET_SHIFT_JIS,
    CHARSET_EUC_JP,
    CHARSET_GB18030,
    CHARSET_BIG5,
    CHARSET_EUC_KR,
};

/* The letters of a language, sorted, and how rare each is: the logarithm of 1/share. */
struct charset_letters {
    size_t count;
    const uint16_t *code;
    const uint8_t *bits;
};

struct charset {
    const char *name;
    enum charset_kind kind;
    unsigned prior; /* bits against it, before any evidence */
    const struct charset_letters *const *languages;
    size_t language_count;
    const uint8_t *costs;  /* CHARSET_SINGLE: bits of high byte x language */
    const uint16_t *table; /* of the 128 high bytes, or lead x trail */
    uint8_t lead, lead_to, trail, trail_to;
};

struct charset_range {
    uint32_t linear;
    uint32_t code;
};

extern const struct charset charset_legacy[];
extern const size_t charset_legacy_count;
extern const struct charset_range charset_gb18030[];
extern const size_t charset_gb18030_count;
extern const uint16_t charset_jisx0212[94 * 94];

#define CHARSET_BAD      0xfffdu
#define CHARSET_UNLISTED 15u /* bits of a letter that the language does not use */
