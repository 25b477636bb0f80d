/* SPDX-License-Identifier: Apache-2.0 */
/* surface_data.h - strings that are bytes: data URIs (RFC 2397) and Base64.
 * What the bytes say they are counts for nothing: text is what is text.
 * Owns: nothing; decoded text lies in the arena.   Threads: pure functions.
 * Fails: false only when memory is out. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "guard/surface/part.h"

/* Is it UTF-8 without control characters but white space? */
bool data_is_text(struct slice bytes);
/* The part is a string that should be Base64 or a data URI: its text becomes what it stands for, or
 * the part opaque. What is no Base64 stays as it is. `quiet`: bytes that are no text are no news,
 * the part becomes empty. */
MUST_USE bool data_base64(struct part *p, struct slice body, struct arena *arena, bool quiet);
/* The part is a string that may be a data URI; other strings are documents (addresses). */
MUST_USE bool data_uri(struct part *p, struct slice body, struct arena *arena);
