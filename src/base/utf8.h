/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.h - Unicode text from untrusted bytes (RFC 3629).
 * Why: names and messages from input must not drive a terminal nor break a report.
 * Owns: nothing.   Threads: pure functions.   Fails: bad bytes are escaped, never passed on. */
#pragma once
#include "base/buf.h"
#include "base/slice.h"

/* Length of the valid sequence at s[at] (1..4) and its code point; 0 when it is not UTF-8. */
size_t utf8_next(struct slice s, size_t at, uint32_t *ret_code);
bool utf8_valid(struct slice s);
void utf8_put(struct buf *b, uint32_t code);
/* Columns that s takes on a terminal (wide = 2, combining = 0). Call on escaped text. */
size_t utf8_width(struct slice s);
/* Bytes of the longest prefix of s that is at most `columns` wide. */
size_t utf8_fit(struct slice s, size_t columns);

/* For people: control, bidirectional, invisible characters and bad bytes as \xNN or \u{N}. */
void esc_tty(struct buf *out, struct slice s);
/* Inside a JSON string, without the quotes; bad bytes become U+FFFD. */
void esc_json(struct buf *out, struct slice s);
/* Inside HTML and XML text and attributes. Characters that XML 1.0 forbids become U+FFFD. */
void esc_xml(struct buf *out, struct slice s);
