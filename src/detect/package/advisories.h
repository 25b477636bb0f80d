/* SPDX-License-Identifier: Apache-2.0 */
/* advisories.h - what is known of packages: vulnerabilities, releases made to harm, names.
 * Why: thousands of records in a few hundred kilobytes. The image is made from rules/advisories by
 * tools/gen_advisories.py, which says how it is laid out, and compiled in. A block is unpacked when
 * a package of it is asked for, and nothing before. A signed bundle may bring another image.
 * Owns: what it unpacks, in its arena.   Threads: one owner; the image is constant.
 * Fails: an image that makes no sense is not opened; memory: nothing is found and `nomem` is set.
 */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "finding/severity.h"

/* All blocks of an image, unpacked. */
#define ADVISORIES_UNPACKED_MAX (24u << 20)

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
/* An image from outside, before it is used for the first time: everything is unpacked and read.
 * ST_MALFORMED: it is not what tools/gen_advisories.py makes, or too much; ST_NOMEM. */
MUST_USE enum st advisories_prove(struct slice image, struct arena *arena);
/* All about one package, by its normalised name; for advisory_next(). */
bool advisories_find(struct advisories *a, struct slice name, struct slice *ret);
/* The same, where one of them is of a release made to harm. For all others, which are nearly all,
 * nothing is unpacked. */
bool advisories_find_harmful(struct advisories *a, struct slice name, struct slice *ret);
bool advisory_next(struct slice *rest, struct advisory *ret);
/* The lists of names: see names.h. */
struct slice advisories_names(struct advisories *a);
