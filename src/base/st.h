/* SPDX-License-Identifier: Apache-2.0 */
/* st.h - how a function says that it could not do its work.
 * Why: three things are never mixed. Bad input is an event for the sink; bytes that could not be
 * looked at are EV_UNREAD; only our own trouble (I/O, memory, bug) travels as an enum st. Readers
 * also use ST_TRUNCATED .. ST_UNSUPPORTED among themselves, and turn them into events. */
#pragma once

enum st {
    ST_OK,
    ST_TRUNCATED,   /* the input ends too early */
    ST_MALFORMED,   /* the input breaks its own format */
    ST_LIMIT,       /* a budget or a cap of ours was reached */
    ST_UNSUPPORTED, /* well-formed as far as we see, but not a variant that we read */
    ST_IO,          /* the operating system refused */
    ST_NOMEM,
    ST_BUG,
};

#define MUST_USE                __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#define COUNT_OF(a)             (sizeof(a) / sizeof((a)[0]))

/* A short word for messages: "truncated", "malformed", ... */
const char *st_text(enum st st);
