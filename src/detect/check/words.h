/* SPDX-License-Identifier: Apache-2.0 */
/* words.h - closed lists of words: top-level domains, BIP-39, names of people.
 * Owns: constant tables made by tools/gen_words.py from rules/words-*.txt.   Threads: constants. */
#pragma once
#include "base/slice.h"

struct words {
    const uint8_t *text;    /* all words, one behind the other, sorted by their bytes */
    const uint16_t *starts; /* count + 1 of them */
    size_t count;
};
extern const struct words words_tlds, words_bip39, words_given, words_family;

/* The word's place, or SIZE_MAX. The words are in lower case. */
size_t words_find(const struct words *w, struct slice word);
