/* SPDX-License-Identifier: Apache-2.0 */
/* loop.h - one thread's events: descriptors (epoll), deadlines, and what is to be done afterwards.
 * Connections are watched edge-triggered: registered once, for reading and writing, and never
 * touched again; whoever is told "ready" goes on until the kernel says EAGAIN. Back pressure is
 * then simply not reading. Listeners are level-triggered, so that not accepting loses nothing.
 * Owns: its epoll descriptor.   Threads: one owner, no locks.
 * Fails: false, errno says why. The machine comes as a table of functions, so that tests can have
 * time stand still and calls fail. */
#pragma once
#include "base/slice.h"
#include "net/timer.h"
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

struct net_host { /* the machine */
    void *ctx;
    size_t piece; /* the most that is read at once; 0: as much as there is room for */
    uint64_t (*now_ms)(void *ctx); /* monotonic */
    ssize_t (*read)(void *ctx, int fd, void *p, size_t n);
    ssize_t (*write)(void *ctx, int fd, const struct iovec *parts, int count);
    int (*connect)(void *ctx, int fd, const struct sockaddr *to, socklen_t n);
};

extern const struct net_host net_machine;

enum { /* HUP: the other end sends no more; GONE: it takes nothing, either */
       NET_READ = 1,
       NET_WRITE = 2,
       NET_HUP = 4,
       NET_GONE = 8,
};

struct watch {
    int fd; /* -1: closed, events are dropped */
    void (*ready)(struct watch *w, unsigned events);
};

struct later { /* zeroed before its first use */
    struct later *next;
    void (*run)(struct later *l);
    bool queued;
};

struct loop {
    int epoll;
    uint64_t now; /* ms, of this round */
    const struct net_host *host;
    struct wheel wheel;
    struct later *first, **last;
};

bool loop_init(struct loop *l, const struct net_host *host);
void loop_done(struct loop *l);
bool loop_watch(struct loop *l, struct watch *w);         /* edges */
bool loop_watch_level(struct loop *l, struct watch *w);   /* reading only */
void loop_unwatch(struct loop *l, const struct watch *w); /* not needed before close() */
/* Run once when all events of this round were told: the time to free what they may still name. */
void loop_later(struct loop *l, struct later *job);
/* One round: waits at most so long. False: epoll itself failed. */
bool loop_round(struct loop *l, uint64_t most_ms);
