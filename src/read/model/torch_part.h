/* SPDX-License-Identifier: Apache-2.0 */
/* torch_part.h - one pickle of a checkpoint and the storages that it asks for.
 * Owns: storages live in the reading's arena.   Threads: one owner. */
#pragma once
#include "base/map.h"
#include "read/model/pickle.h"

#define TORCH_RANK_MAX 8

struct torch_storage {
    struct torch_storage *next;
    struct slice key, name; /* name: of the first parameter that uses it */
    enum dtype dtype;
    unsigned size; /* bytes of an element */
    uint64_t elements;
    uint64_t shape[TORCH_RANK_MAX]; /* of a tensor that covers all of it */
    size_t rank;
};

struct torch {
    struct reading *r;
    struct map by_key;
    struct torch_storage *first, **last;
    uint64_t tensors;
    bool nomem;
    event_fn *emit; /* the real sink, while imports are watched */
    void *emit_ctx;
    char refused[160]; /* what torch.load(weights_only=True) stops at; "" = nothing */
    unsigned protocol;
};

void torch_init(struct torch *t, struct reading *r);
/* One stream; its persistent ids become storages. As pickle_run(). */
MUST_USE enum st torch_pickle(struct torch *t, struct cursor *c, struct pickle_summary *ret);
struct torch_storage *torch_find(const struct torch *t, struct slice key);
/* Hands a storage to the judges; bytes lie at `offset` of the current layer. */
MUST_USE enum st torch_show(struct torch *t, const struct torch_storage *s, struct slice bytes,
                            uint64_t offset, bool big);
/* What this pickle says about the model. */
void torch_card(struct torch *t);

/* torch_script.c: operators of TorchScript code that reach outside. */
void torch_script_code(const struct reading *r, struct slice name, struct slice code);
