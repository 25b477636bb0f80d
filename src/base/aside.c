/* SPDX-License-Identifier: Apache-2.0 */
#include "base/aside.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>

#define STACK ((size_t)256 << 10)

struct aside {
    pthread_mutex_t lock;
    pthread_cond_t given, done;
    struct aside_job *first, **last; /* not begun */
    bool ready;
};

static struct aside_job *take(struct aside *a)
{
    struct aside_job *job = a->first;
    a->first = job->next;
    if (!a->first) a->last = &a->first;
    return job;
}

static void *work(void *ctx)
{
    struct aside *a = ctx;
    pthread_mutex_lock(&a->lock);
    a->ready = true;
    pthread_cond_signal(&a->done);
    for (;;) {
        while (!a->first) pthread_cond_wait(&a->given, &a->lock);
        struct aside_job *job = take(a);
        pthread_mutex_unlock(&a->lock);
        job->run(job->ctx);
        pthread_mutex_lock(&a->lock);
        job->done = true;
        pthread_cond_signal(&a->done);
    }
    return NULL;
}

static bool has_processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 1;
}

/* Signals are the owner's. */
static bool start(struct aside *a)
{
    pthread_t thread;
    pthread_attr_t attr;
    sigset_t all, before;
    if (pthread_attr_init(&attr)) return false;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_attr_setstacksize(&attr, STACK) == 0 &&
              pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) == 0 &&
              pthread_create(&thread, &attr, work, a) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return ok;
}

/* The C library's first calls of a thread are none that a worker may do later. */
static void wait_until_ready(struct aside *a)
{
    pthread_mutex_lock(&a->lock);
    while (!a->ready) pthread_cond_wait(&a->done, &a->lock);
    pthread_mutex_unlock(&a->lock);
}

struct aside *aside_new(void)
{
    static struct aside only = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
                                PTHREAD_COND_INITIALIZER, NULL, NULL};
    only.last = &only.first;
    if (!has_processors() || !start(&only)) return NULL;
    wait_until_ready(&only);
    return &only;
}

void aside_do(struct aside *a, struct aside_job *job)
{
    job->done = false;
    job->next = NULL;
    if (!a) {
        job->run(job->ctx);
        job->done = true;
        return;
    }
    pthread_mutex_lock(&a->lock);
    *a->last = job;
    a->last = &job->next;
    pthread_cond_signal(&a->given);
    pthread_mutex_unlock(&a->lock);
}

/* Takes a job back that was not begun. */
static bool take_back(struct aside *a, struct aside_job *job)
{
    struct aside_job **p = &a->first;
    while (*p && *p != job) p = &(*p)->next;
    if (!*p) return false;
    *p = job->next;
    if (!*p) a->last = p;
    return true;
}

void aside_wait(struct aside *a, struct aside_job *job)
{
    if (!a) return;
    pthread_mutex_lock(&a->lock);
    bool mine = take_back(a, job);
    while (!mine && !job->done) pthread_cond_wait(&a->done, &a->lock);
    pthread_mutex_unlock(&a->lock);
    if (mine) job->run(job->ctx);
}
