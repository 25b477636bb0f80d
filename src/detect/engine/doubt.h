/* SPDX-License-Identifier: Apache-2.0 */
/* doubt.h - reasons to think that what has the form of a secret is none.
 * Owns: nothing.   Threads: pure.   Fails: never. */
#pragma once
#include "base/slice.h"

bool doubt_placeholder(struct slice value); /* <your-key>, ${VAR}, xxxx, changeme, ...EXAMPLE */
bool doubt_repetitive(struct slice value);  /* too few different characters, runs, sequences */
bool doubt_identifier(struct slice value); /* the same with any number of digits: X25519PublicKey */
bool doubt_words(struct slice value);      /* made of words, as an identifier is */
bool doubt_usual(struct slice value);      /* what examples write where a password belongs */
bool doubt_password(struct slice value);   /* that, or a placeholder */
bool doubt_key(struct slice key);     /* a name of something that is no secret: commit, sha256 */
unsigned entropy(struct slice value); /* Shannon, hundredths of bits per character */
