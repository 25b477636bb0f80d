/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - names of packages: one spelling, lists, and what looks like another.
 * Why: whoever wants to be installed by mistake takes a name that differs by a letter, a hyphen, a
 * prefix, or that a language model likes to invent.
 * The list is sorted lines: a letter for the kind, the name, a tab, and what is to be said.
 * Owns: nothing.   Threads: pure.   Fails: never. */
#pragma once
#include "base/arena.h"

#define NAME_POPULAR   'p'
#define NAME_NEIGHBOUR 'n' /* honest, however it is spelt */
#define NAME_MODULE    'm' /* imported under this name, installed under another */
#define NAME_INVENTED  'i'
#define NAME_OLD       'o'
#define NAME_BYPASS    'b' /* scanners that can be walked around: name, fixed version */

/* PEP 503: lower case, runs of - _ . become one -. p == NULL: no memory. */
struct slice names_normal(struct arena *a, struct slice name);
/* *ret: what stands behind the name. */
bool names_find(struct slice list, char kind, struct slice name, struct slice *ret);

enum likeness {
    LIKE_NONE,
    LIKE_LETTERS,   /* of another alphabet */
    LIKE_SHAPE,     /* rn for m, 0 for o */
    LIKE_SEPARATOR, /* torch-vision */
    LIKE_TYPO,      /* a letter or two */
    LIKE_SWAP,      /* python-opencv, opencv-py */
};

/* Which popular name it looks like; LIKE_NONE for names that are on a list themselves. `name` is
 * normalised. */
enum likeness names_like(struct slice list, struct slice name, struct slice *ret_popular);
/* Edits (insert, delete, replace, exchange neighbours) between them, at most `most` + 1. */
unsigned names_distance(struct slice a, struct slice b, unsigned most);
/* Is `name` what fingers make of `popular`, and not another word? Short names: never. */
bool names_slip(struct slice name, struct slice popular);
