/* SPDX-License-Identifier: Apache-2.0 */
/* channel.h - messages with descriptors over a SOCK_SEQPACKET pair.
 * Why: nursery, workers and parent speak the same way; one place deals with SCM_RIGHTS.
 * Owns: nothing; received descriptors belong to the caller.   Fails: -1 / false; errno is kept. */
#pragma once
#include "base/slice.h"
#include <sys/types.h>

#define CHANNEL_FDS 3

struct message {
    uint8_t kind;
    struct slice body;
    int fds[CHANNEL_FDS]; /* -1 where none */
};

bool channel_pair(int ret[2]);
bool channel_send(int sock, const struct message *m);
/* One message into room; body lies in room. 1 = got one, 0 = the other side is gone, -1 = error. */
int channel_receive(int sock, struct slice room, struct message *ret);
/* True when something can be received (or the other side is gone) within wait_ns. */
bool channel_wait(int sock, uint64_t wait_ns);
