/* SPDX-License-Identifier: Apache-2.0 */
/* fold.h - text as words that can be compared: lower case, without accents, one blank between
 * words (two where a brace stands: `customer: {id_card` has no "customer id"). Why: "SSN:",
 * "customer_ssn", "customerSsn", "Numéro de Sécurité" must be found by one list. Letters and digits
 * are words apart ("icd10" is "icd 10"); in scripts without blanks (or with letters glued to words:
 * Hebrew, Arabic) every character may begin a word. Owns: nothing. Threads: pure.   Fails: never;
 * what does not fit is left out at the end. */
#pragma once
#include "base/slice.h"

#define FOLD_TEXT  512u
#define FOLD_WORDS 128u

enum word_kind { WORD_LETTERS, WORD_DIGITS, WORD_WIDE };

struct word {
    uint16_t at, to; /* in the folded text */
    uint16_t from_source, to_source;
    uint8_t kind;
};

struct folded {
    uint8_t text[FOLD_TEXT];
    size_t n;
    struct word words[FOLD_WORDS];
    size_t count;
};

void fold_text(struct slice s, struct folded *ret);
