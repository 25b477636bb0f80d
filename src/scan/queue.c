/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/queue.h"

void queue_init(struct queue *q)
{
    *q = (struct queue){0};
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->filled, NULL);
    pthread_cond_init(&q->freed, NULL);
}

void queue_done(struct queue *q)
{
    pthread_mutex_destroy(&q->lock);
    pthread_cond_destroy(&q->filled);
    pthread_cond_destroy(&q->freed);
}

bool queue_put(struct queue *q, const struct item *it)
{
    if (q->direct) {
        q->direct(q->ctx, it);
        return true;
    }
    pthread_mutex_lock(&q->lock);
    while (q->count == QUEUE_ROOM && !q->closed) pthread_cond_wait(&q->freed, &q->lock);
    bool open = !q->closed;
    if (open) q->items[(q->first + q->count++) % QUEUE_ROOM] = *it;
    pthread_cond_signal(&q->filled);
    pthread_mutex_unlock(&q->lock);
    return open;
}

bool queue_take(struct queue *q, struct item *ret)
{
    pthread_mutex_lock(&q->lock);
    while (q->count == 0 && !q->closed) pthread_cond_wait(&q->filled, &q->lock);
    bool got = q->count > 0;
    if (got) {
        *ret = q->items[q->first];
        q->first = (q->first + 1) % QUEUE_ROOM;
        q->count--;
    }
    pthread_cond_signal(&q->freed);
    pthread_mutex_unlock(&q->lock);
    return got;
}

void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->filled);
    pthread_cond_broadcast(&q->freed);
    pthread_mutex_unlock(&q->lock);
}
