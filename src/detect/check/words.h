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
extern const struct words words_bip39, words_given, words_family, words_placeholders;

/* Words that are looked for anywhere in a text; of two characters or more. */
struct words_inside {
    const struct words *words; /* sorted by their first two characters */
    const uint8_t *heads;      /* where the words of a pair begin, from 1; 0: there are none */
    const uint32_t *thirds; /* the characters that go on behind a pair, but for their high bits */
};
extern const struct words_inside words_inside_placeholders, words_inside_known;

/* Small lists of rules/words-sets.txt, which says what they are. */
struct words_set {
    const struct words *words;
    const uint16_t *slots; /* by hash, open addressing: a word's number from 1; 0: empty */
    uint32_t mask;         /* slots - 1 */
};
extern const struct words_set words_set_key_ends, words_set_key_begins, words_set_key_other,
    words_set_key_plain, words_set_password_usual, words_set_password_none, words_set_password_weak,
    words_set_name_ends, words_set_mail_machines, words_set_mail_examples, words_set_mail_reserved,
    words_set_mail_example_domains, words_set_mail_files, words_set_tlds;

/* The word's place, or SIZE_MAX. The words are in lower case. */
size_t words_find(const struct words *w, struct slice word);
/* Does one of the words stand anywhere in the text, in either case? Of those that begin with a
 * letter only if they have `least` characters. */
bool words_are_inside(const struct words_inside *w, struct slice text, size_t least);
/* Does the text begin with one of the words? Case counts here. */
bool words_begin(const struct words_inside *w, struct slice text);
/* Is it one of these, in either case? */
bool words_have(const struct words_set *s, struct slice word);
