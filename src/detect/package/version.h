/* SPDX-License-Identifier: Apache-2.0 */
/* version.h - versions of packages, their order, and sets of them.
 * Why: whether a requirement is dangerous is a question of order: PEP 440 with epochs, pre-, post-
 * and development releases and local labels; carets and tildes of poetry and npm; the plain
 * intervals of advisories. What is dirty ("2.6.0-NA") counts as far as it is a version.
 *
 *    dev < a < b < rc < (none) < post       1.0.dev1 < 1.0a1 < 1.0 < 1.0+cu124 < 1.0.post1
 *
 * A set is seen in two ways: version_matches() asks for one version, exactly as the specification
 * says; version_span() gives the two edges between which all its versions lie.
 * Numbers above 2^64 count as that, releases are compared by their first 16 parts.
 * Owns: nothing; texts are pieces of what was parsed.   Threads: values.   Fails: false = no
 * version. */
#pragma once
#include "base/slice.h"

#define VERSION_PARTS 16

struct version {
    struct slice text; /* as written */
    uint64_t epoch, release[VERSION_PARTS], pre_n, post_n, dev_n;
    uint8_t parts;
    char pre; /* 'a', 'b', 'c' (rc) or 0 */
    bool post, dev;
    struct slice local;
};

/* PEP 440, appendix B. */
bool version_parse(struct slice text, struct version *ret);
/* The longest beginning that is one; "v" and blanks may stand in front. */
bool version_parse_loose(struct slice text, struct version *ret);
int version_cmp(const struct version *a, const struct version *b);
bool version_is_pre(const struct version *v); /* pre- or development release */

/* How specifiers are meant. */
enum version_dialect {
    VERSIONS_PYPI,  /* PEP 440, and poetry's ^, ~ and || */
    VERSIONS_NPM,   /* semver ranges: ^ ~ x, "a - b", || */
    VERSIONS_CONDA, /* =1.2 is 1.2.*, | */
    VERSIONS_OSV,   /* plain order: <2.6 covers 2.6rc1, <=2.6 covers 2.6+cu124 */
};

/* Just before v (-1), just after it (0), or after it and all its local versions (1). */
struct version_edge {
    struct version v;
    int8_t side;
    bool none; /* there is no edge */
};

struct version_span {
    struct version_edge low, high;
};

int version_edge_cmp(const struct version_edge *a, const struct version_edge *b);
bool version_in_span(const struct version *v, const struct version_span *s);
/* Is there anything between the edges of both? */
bool version_spans_meet(const struct version_span *a, const struct version_span *b);

/* The next alternative of a set ("a || b"); false at the end. Begin with *rest = the set. */
bool version_next(struct slice *rest, struct slice *ret);
/* Between which edges one alternative lies. False when something in it is no specifier: what could
 * be read is in *ret. */
bool version_span(struct slice set, enum version_dialect how, struct version_span *ret);
/* One version and no more: ==1.2, ===x, a bare version. */
bool version_exact(struct slice set, enum version_dialect how, struct version *ret);
/* Does the set name any bound? "", "*" and "!=1.0" do not. */
bool version_bounded(struct slice set, enum version_dialect how);
/* As the specification says; `pre`: pre-releases are wanted, too. */
bool version_matches(struct slice set, enum version_dialect how, const struct version *v, bool pre);
/* Do the specifiers of a project admit a version that `below` (in plain order) covers? */
bool version_admits(struct slice specifiers, struct slice below);
/* And is the newest version that they admit covered, too? */
bool version_forces(struct slice specifiers, struct slice below);
/* Do the plain intervals `ranges` cover everything just below the upper edge of a span? */
bool version_reaches_top(struct slice ranges, const struct version_span *span);
