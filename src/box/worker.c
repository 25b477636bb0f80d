/* SPDX-License-Identifier: Apache-2.0 */
#include "box/worker.h"
#include "box/channel.h"
#include "box/lockdown.h"
#include <stdlib.h>

#define AT_ONCE 64u /* records of a job; what comes behind them travels in company */

/* Something is held back always, so that the last record can travel with the end of the job. */
struct box_job {
    int sock, spool, out;
    const void *shared;
    void *slot;
    struct aside *aside;
    size_t told; /* records of this job */
    size_t held;
    uint8_t batch[BOX_MESSAGE_MAX];
};

static bool send(struct box_job *job, char kind)
{
    struct message m = {
        .kind = (uint8_t)kind, .body = slice_of(job->batch, job->held), .fds = {-1, -1, -1}};
    job->held = 0;
    return channel_send(job->sock, &m);
}

static void hold(struct box_job *job, struct slice record)
{
    uint8_t *to = job->batch + job->held;
    for (unsigned i = 0; i < BOX_LENGTH; i++) to[i] = (uint8_t)(record.n >> (8 * i));
    memcpy(to + BOX_LENGTH, record.p, record.n);
    job->held += BOX_LENGTH + record.n;
    job->told++;
}

bool box_reply(struct box_job *job, struct slice record)
{
    if (!record.n) return true;
    if (record.n > BOX_RECORD_MAX) return false;
    bool full = job->held + BOX_LENGTH + record.n > sizeof job->batch;
    if (job->held && (full || job->told <= AT_ONCE) && !send(job, 'r')) return false;
    hold(job, record);
    return true;
}

void **box_slot(struct box_job *job)
{
    return &job->slot;
}

const void *box_shared(const struct box_job *job)
{
    return job->shared;
}

struct aside *box_aside(const struct box_job *job)
{
    return job->aside;
}

int box_out(const struct box_job *job)
{
    return job->out;
}

/* The spool comes with the first job and stays; what the last job left in it goes. */
static void keep_spool(struct box_job *job, int fd)
{
    if (fd >= 0 && job->spool >= 0) close(job->spool);
    if (fd >= 0) job->spool = fd;
    if (job->spool >= 0 && lseek(job->spool, 0, SEEK_END) > 0) (void)!ftruncate(job->spool, 0);
}

static void send_state(int sock, struct box_state s)
{
    uint8_t raw[3] = {s.seccomp, s.landlock, (uint8_t)s.landlock_abi};
    (void)channel_send(
        sock, &(struct message){.kind = 's', .body = slice_of(raw, 3), .fds = {-1, -1, -1}});
}

_Noreturn void worker_main(const struct box_options *o, box_fn *fn, int sock)
{
    static uint8_t room[BOX_RECORD_MAX]; /* one job at a time: the process is the owner */
    static struct box_job job;
    struct message m;
    job.sock = sock;
    job.shared = o->shared;
    job.spool = job.out = -1;
    send_state(sock, lockdown(o, &job.aside));
    while (channel_receive(sock, slice_of(room, sizeof room), &m) == 1 && m.kind == 'j') {
        keep_spool(&job, m.fds[1]);
        job.out = m.fds[2];
        job.told = 0;
        fn(&job, m.fds[0], job.spool, m.body);
        if (m.fds[0] >= 0) close(m.fds[0]);
        if (job.out >= 0) close(job.out);
        if (!send(&job, 'd')) break;
    }
    _exit(0);
}
