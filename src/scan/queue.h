/* SPDX-License-Identifier: Apache-2.0 */
/* queue.h - opened files on their way from the walker to the worker threads.
 * Why: bounded, so that a tree of a million files costs neither memory nor descriptors.
 * Owns: the items between put and take.   Threads: any.   Fails: put gives false after a close. */
#pragma once
#include "base/slice.h"
#include <pthread.h>
#include <sys/stat.h>

struct item {
    int fd;
    char *path;   /* malloc'd: the taker frees both */
    char *inner;  /* "commit 1a2b3c4 2026-01-02" of an earlier version; else NULL */
    bool context; /* see scan/relate.h */
    struct stat stat;
};

typedef void item_fn(void *ctx, const struct item *it);

#define QUEUE_ROOM 64

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled, freed;
    struct item items[QUEUE_ROOM];
    size_t first, count;
    bool closed;
    item_fn *direct; /* not NULL: no thread takes, put itself hands over */
    void *ctx;
};

void queue_init(struct queue *q);
void queue_done(struct queue *q);
bool queue_put(struct queue *q, const struct item *it); /* waits for room */
bool queue_take(struct queue *q, struct item *ret);     /* waits; false when closed and empty */
void queue_close(struct queue *q);
