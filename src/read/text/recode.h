/* SPDX-License-Identifier: Apache-2.0 */
/* recode.h - text of another character set as a packed form of UTF-8; the properties are its name.
 * Owns, Threads, Fails: see port/decoder.h; it never fails but for memory. */
#pragma once
#include "port/decoder.h"

extern const struct decoder recode;
