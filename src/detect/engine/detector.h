/* SPDX-License-Identifier: Apache-2.0 */
/* detector.h - one row of rules/detectors.tsv, compiled.
 * Owns: constant tables made by tools/gen_detectors.py.   Threads: constants. */
#pragma once
#include "base/slice.h"
#include "finding/severity.h"

enum detector_kind { DETECTOR_SECRET, DETECTOR_PII };

struct detector { /* texts lie in the row: a pointer would have to be set at each start */
    char id[32];  /* also the id of its rule: "secret.aws.access_key_id", "pii.iban" */
    enum detector_kind kind;
    enum severity severity;
    char title[48]; /* "AWS access key id" */
    char region[8]; /* "global", "US", ... */
    const char *const
        *context;    /* of a row that is not in the table: words, folded; ends with NULL */
    unsigned one_in; /* of the values that fit the pattern by chance, one in so many passes the
                        check too: 10 for Luhn, 97 for mod 97. 0: there is no check, so a column of
                        bare numbers is never voted for by its values alone, only with its name */
};

size_t detector_count(void);
const struct detector *detector_at(size_t i);
const struct detector *detector_find(struct slice id); /* NULL: none */

/* Does a column name, a key or a line of text speak of this detector? Whole words, case folded;
 * "customer_ssn", "customerSsn" and "SSN:" speak of "ssn". */
bool detector_context(const struct detector *d, struct slice words);
