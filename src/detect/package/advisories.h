/* SPDX-License-Identifier: Apache-2.0 */
/* advisories.h - what is known of packages: vulnerabilities, releases made to harm, names.
 * Why: thousands of records in a few hundred kilobytes. The image is made from rules/advisories by
 * tools/gen_advisories.py, which says how it is laid out, and compiled in. A block is unpacked when
 * a package of it is asked for, and nothing before. Owns: what it unpacks, in its arena.   Threads:
 * one owner; the image is constant. Fails: an image that makes no sense is not opened; memory:
 * nothing is found and `nomem` is set.
 */
#pragma once
#include "base/arena.h"
#include "finding/severity.h"

extern const unsigned char advisories_image[];
extern const size_t advisories_image_size;

struct advisories {
    struct arena *arena;
    uint32_t snapshot; /* 20260723 */
    uint32_t packages, blocks, vulnerabilities;
    struct slice rows, places, pool, data;
    struct slice *unpacked; /* per block */
    bool nomem;
};

struct advisory {
    bool malicious;
    enum severity severity;
    struct slice ids; /* separated by blanks, the best known first */
    struct slice ranges;
    struct slice summary;
};

/* NULL image: the one that is compiled in. */
bool advisories_open(struct advisories *a, struct slice image, struct arena *arena);
/* All about one package, by its normalised name; for advisory_next(). */
bool advisories_find(struct advisories *a, struct slice name, struct slice *ret);
/* The same, where one of them is of a release made to harm. For all others, which are nearly all,
 * nothing is unpacked. */
bool advisories_find_harmful(struct advisories *a, struct slice name, struct slice *ret);
bool advisory_next(struct slice *rest, struct advisory *ret);
/* The lists of names: see names.h. */
struct slice advisories_names(struct advisories *a);
