/* SPDX-License-Identifier: Apache-2.0 */
/* rulebook.h - the rules and advisories of one run: those that are compiled in, or newer ones.
 * Why: one answer to "by which rules?", for scans, lists and the result.
 * Owns: nothing; a rulebook made from a bundle needs its bytes and the arena.
 * Threads: read only.   Fails: never; `fault` says why a bundle is not in use. */
#pragma once
#include "update/overlay.h"

struct rulebook {
    bool updated;            /* a bundle is in use */
    enum update_fault fault; /* why the bundle that is there is not; UPDATE_OK: no reason */
    struct slice version;    /* "2026.11.1" */
    struct slice advisories; /* an image; p NULL: the one that is compiled in */
    struct overlay overlay;  /* what else the bundle says of rules */
    struct update bundle;    /* when updated */
    struct rules_key key;    /* who signed it */
    char name[65];           /* of the bundle; "" = none */
};

/* What is compiled in. */
void rulebook_own(struct rulebook *ret);
/* The bundle's, where it is sound, of a trusted key and newer than what is compiled in; else what
 * is compiled in, and `fault`. */
void rulebook_of(struct slice bytes, const struct rules_key *keys, size_t count, struct arena *a,
                 struct rulebook *ret);
/* Are the parts what the format asks for? Unpacks everything: for `rules update`. */
enum update_fault rulebook_prove(const struct update *b, struct arena *a);
/* The day of the advisories in use, 20260723. */
uint32_t rulebook_snapshot(const struct rulebook *r);
