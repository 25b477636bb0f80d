/* SPDX-License-Identifier: Apache-2.0 */
#include "box/worker.h"
#include "box/channel.h"
#include "box/lockdown.h"
#include <stdlib.h>

struct box_job {
    int sock;
};

bool box_reply(struct box_job *job, struct slice record)
{
    struct message m = {.kind = 'r', .body = record, .fds = {-1, -1}};
    return record.n <= BOX_RECORD_MAX && channel_send(job->sock, &m);
}

static void send_state(int sock, struct box_state s)
{
    uint8_t raw[3] = {s.seccomp, s.landlock, (uint8_t)s.landlock_abi};
    (void)channel_send(sock,
                       &(struct message){.kind = 's', .body = slice_of(raw, 3), .fds = {-1, -1}});
}

_Noreturn void worker_main(const struct box_options *o, box_fn *fn, int sock)
{
    static uint8_t room[BOX_RECORD_MAX]; /* one job at a time: the process is the owner */
    struct box_job job = {sock};
    struct message m;
    send_state(sock, lockdown(o));
    while (channel_receive(sock, slice_of(room, sizeof room), &m) == 1 && m.kind == 'j') {
        fn(&job, m.fds[0], m.fds[1], m.body);
        for (size_t i = 0; i < CHANNEL_FDS; i++)
            if (m.fds[i] >= 0) close(m.fds[i]);
        (void)channel_send(sock, &(struct message){.kind = 'd', .fds = {-1, -1}});
    }
    _exit(0);
}
