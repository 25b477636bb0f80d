/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - what can be verified about a value without asking anybody: check digits, calendars,
 * prefixes, encodings.
 * Why: a check that is wrong drops a candidate, which is what keeps bare numbers from being
 * findings. Named in the column `check` of rules/detectors.tsv.
 * Pure functions; `value` is what the detector's pattern matched. */
#pragma once
#include "base/slice.h"

enum check_result {
    CHECK_BAD,  /* cannot be one */
    CHECK_FITS, /* nothing speaks against it, but chance often fits too (one decimal check digit) */
    CHECK_GOOD, /* chance does not pass this (mod 97, CRC-32, a 2-digit check with a calendar date)
                 */
    CHECK_TEST, /* right, and known as an example, test or documentation value */
};

typedef enum check_result check_fn(struct slice value);

/* By the name used in detectors.tsv; NULL: there is no such check. */
check_fn *check_find(const char *name);
