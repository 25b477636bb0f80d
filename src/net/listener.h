/* SPDX-License-Identifier: Apache-2.0 */
/* listener.h - a socket that takes connections.
 * Why: each loop has its own of the same address (SO_REUSEPORT): the kernel spreads connections and
 * no loop waits for another.
 * Owns: its descriptor.   Threads: one owner.   Fails: -1, errno says why. */
#pragma once
#include "net/address.h"
#include "net/loop.h"

/* Bound and listening; *bound (may be NULL) is where, also when the port was 0. */
int listener_open(const struct address *at, struct address *bound);

struct listener {
    struct watch watch;
    struct loop *loop;
    struct timer pause; /* after running out of descriptors */
    void (*accepted)(struct listener *l, int fd, const struct address *from);
};

/* Takes the descriptor. */
bool listener_start(struct listener *l, struct loop *loop, int fd);
void listener_close(struct listener *l);
