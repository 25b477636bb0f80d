/* SPDX-License-Identifier: Apache-2.0 */
/* urllist.h - datasets that are lists of addresses: "url, caption" as img2dataset and LAION have
 * it. Why: what was listed and what is downloaded later are two things. Whoever buys an expired
 * domain of a well-known list puts pictures into everybody's next model (arXiv:2302.10149); a
 * digest per row ends that. A block is a list when most of its records are short and have a value
 * that is an address and nothing else, of media or with a caption beside it; all other blocks cost
 * one pass for "://". Single addresses that are wrong are notes for their rows; what is wrong with
 * the list as a whole is counted and told at its end. Owns: nothing.   Threads: one owner.   Fails:
 * never. */
#pragma once
#include "detect/data/look.h"
#include "read/block.h"

struct urllist {
    uint64_t urls, hashed, http, media; /* of blocks that are lists */
    uint64_t odd, told;                 /* addresses with something wrong; notes made */
    bool captions;                      /* a column or key that goes with a download */
};

void urllist_begin(struct urllist *u, const struct block_table *table);
void urllist_look(struct urllist *u, const struct block *b, look_note_fn *note, void *ctx);

enum url_fault {
    URL_FINE,
    URL_LOCAL,   /* file:, an address of the machine or the network of whoever downloads */
    URL_ADDRESS, /* a bare IP address */
    URL_SHORT,   /* a shortener: the target can be changed */
    URL_DYNAMIC, /* a name that points to a home or a tunnel */
    URL_DROP,    /* a place to drop files or to collect requests */
    URL_LOOKS,   /* a name made to look like a known one */
    URL_PUNY,    /* a name in other letters, as xn-- */
};
enum url_fault url_fault(struct slice url);
