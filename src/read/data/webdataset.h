/* SPDX-License-Identifier: Apache-2.0 */
/* webdataset.h - are the members of a tar file samples, and do they all have the same parts?
 *
 *    train/0001.jpg train/0001.txt train/0002.jpg train/0002.txt ...
 *
 * A sample's key is its name up to the first dot, its parts follow one another; what lies behind
 * the dot is the part's name. Loaders group by key while they read, so parts that lie apart become
 * two samples, and samples without a part are dropped or mispaired.
 * Owns: its maps, in the reading's arena.   Threads: one owner.   Fails: false = no memory. */
#pragma once
#include "base/map.h"
#include "read/reading.h"

#define WEBDATASET_PARTS 24u

struct webdataset {
    struct map keys; /* of samples that are over -> 1 */
    struct map sets; /* which parts -> how many samples have just these */
    struct slice parts[WEBDATASET_PARTS];
    size_t part_count;
    struct slice key;
    uint64_t key_at;
    uint32_t have; /* parts of the sample in hand */
    uint64_t files, strange, samples, apart;
    struct slice first_apart;
    struct webdataset_set *list;
};

void webdataset_init(struct webdataset *w, struct arena *a);
/* A file of the archive, in order; name and its bytes live as long as w. */
MUST_USE bool webdataset_file(struct webdataset *w, struct slice name, uint64_t at);
/* The archive is over: tell what there is to tell, if they are samples at all. */
MUST_USE bool webdataset_end(struct webdataset *w, const struct reading *r);
