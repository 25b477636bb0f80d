/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - what can be verified about a value without asking anybody: check digits, calendars,
 * prefixes, encodings.
 * Why: a check that is wrong drops a candidate, which is what keeps bare numbers from being
 * findings. Named in the column `check` of the detectors' tables.
 * Pure functions without allocation; `value` is what the detector's pattern matched, separators
 * included. They look at it again as a whole (lengths, alphabets), so a pattern may be loose. */
#pragma once
#include "base/slice.h"

enum check_result {
    CHECK_BAD,  /* cannot be one */
    CHECK_FITS, /* nothing speaks against it, but chance often fits too (one decimal check digit) */
    CHECK_GOOD, /* chance does not pass this (mod 97, CRC-32, a 2-digit check with a calendar date)
                 */
    CHECK_TEST, /* right, and known as an example, test or documentation value */
    CHECK_LESS, /* right, and worth less than its row says: expired, encrypted, public */
    CHECK_MORE, /* right, and worse than its row says (critical): a token with a service role */
};

typedef enum check_result check_fn(struct slice value);

/* By the name used in the tables; NULL: there is no such check. */
check_fn *check_find(const char *name);
