/* SPDX-License-Identifier: Apache-2.0 */
/* condition.h - what must be known of other files before a finding is told.
 * Why: a worker sees one file. That a load call is dangerous may depend on the file that it loads
 * and on the version of the library that loads it; scan/relate knows them all and settles it.
 *
 *    WHEN_ALWAYS   told as it is
 *    WHEN_MISSING  told if no file `name` lies beside the one that the finding is about
 *    WHEN_NONE_OF  told if none of the files `name` (one a line) lies beside it, or nobody looked
 *    WHEN_ADMITS   told if the project's own requirements admit the package `name` at a version
 *                  that `versions` covers ("<2.6.0"); with low severity where the newest that they
 *                  admit, which is what an installation takes, is not covered. A project that does
 *                  not name the package is silent
 *    WHEN_FORCES   told only if the newest is covered, too
 *    WHEN_UNKNOWN_TOO  as WHEN_ADMITS, with its full severity, and also told if the project does
 *                  not name the package
 *
 * `loads` may stand beside any of them: the literal path of the model or data that the code loads.
 * If that very file was scanned, what was found in it decides about the severity, and is named.
 *
 * Owns: nothing; slices live with the finding.   Threads: a value. */
#pragma once
#include "base/slice.h"

enum condition_kind {
    WHEN_ALWAYS,
    WHEN_MISSING,
    WHEN_NONE_OF,
    WHEN_ADMITS,
    WHEN_FORCES,
    WHEN_UNKNOWN_TOO,
    CONDITION_KINDS
};

struct condition {
    enum condition_kind kind;
    struct slice name, versions;
    struct slice loads;
};

/* A package that the project asks for, as one of its files says; relate collects them. */
struct requirement {
    struct slice name;     /* normalised (PEP 503) */
    struct slice versions; /* specifiers, or one version if exact */
    bool exact;
};
