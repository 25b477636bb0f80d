/* SPDX-License-Identifier: Apache-2.0 */
/* secret.h - the user's cache folder and the key that lies in it.
 * Why: nobody but the user can write an entry that is believed: each is authenticated with a key
 * that is made at first use and that only the user may read.
 * Owns: nothing; the descriptor is the caller's.   Threads: any.   Fails: -1; then there is no
 * cache. */
#pragma once
#include <stdint.h>

#define SECRET_BYTES 32

/* Opens the folder, with those above it made when they are missing, and reads the key. One that
 * others may read or write is not trusted. */
int secret_open(const char *dir, uint8_t ret[SECRET_BYTES]);
