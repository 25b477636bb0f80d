/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/proxy/crowd.h"
#include "base/host.h"
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define BUCKETS 16384u
#define LOCKS   64u

struct crowd_place {
    struct crowd_place *next;
    uint64_t who;
    bool wide; /* IPv6 */
    uint64_t connections;
    _Atomic uint64_t requests;
};

struct crowd {
    struct crowd_place *of[BUCKETS];
    pthread_mutex_t locks[LOCKS];
    uint64_t secret[2];
};

struct crowd *crowd_new(void)
{
    struct crowd *c = calloc(1, sizeof *c);
    if (!c || !host_random(c->secret, sizeof c->secret)) {
        free(c);
        return NULL;
    }
    for (size_t i = 0; i < LOCKS; i++) pthread_mutex_init(&c->locks[i], NULL);
    return c;
}

void crowd_free(struct crowd *c)
{
    for (size_t i = 0; c && i < LOCKS; i++) pthread_mutex_destroy(&c->locks[i]);
    free(c);
}

/* IPv4 within IPv6 is IPv4. */
static struct crowd_place who_is(const struct address *a)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)&a->at;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&a->at;
    struct crowd_place p = {.wide = a->at.ss_family == AF_INET6};
    if (p.wide && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
        p.wide = false;
        memcpy(&p.who, &six->sin6_addr.s6_addr[12], 4);
    } else if (p.wide)
        memcpy(&p.who, six->sin6_addr.s6_addr, 8);
    else
        memcpy(&p.who, &four->sin_addr, 4);
    return p;
}

/* Multiply-shift (Dietzfelbinger et al., 1997): two clients meet by chance only. */
static size_t bucket_of(const struct crowd *c, const struct crowd_place *p)
{
    uint64_t key = p->wide ? ~p->who : p->who;
    return (size_t)(((c->secret[0] | 1) * key + c->secret[1]) >> 50) % BUCKETS;
}

static struct crowd_place **find(struct crowd_place **at, const struct crowd_place *p)
{
    while (*at && ((*at)->who != p->who || (*at)->wide != p->wide)) at = &(*at)->next;
    return at;
}

struct crowd_place *crowd_enter(struct crowd *c, const struct address *from, uint64_t most,
                                enum st *ret_why)
{
    struct crowd_place who = who_is(from);
    size_t bucket = bucket_of(c, &who);
    *ret_why = ST_OK;
    pthread_mutex_lock(&c->locks[bucket % LOCKS]);
    struct crowd_place **at = find(&c->of[bucket], &who), *p = *at;
    if (!p && (p = calloc(1, sizeof *p))) {
        p->who = who.who;
        p->wide = who.wide;
        *at = p;
    }
    if (!p)
        *ret_why = ST_NOMEM;
    else if (p->connections >= most)
        *ret_why = ST_LIMIT;
    else
        p->connections++;
    pthread_mutex_unlock(&c->locks[bucket % LOCKS]);
    return *ret_why == ST_OK ? p : NULL;
}

void crowd_leave(struct crowd *c, struct crowd_place *p)
{
    if (!p) return;
    size_t bucket = bucket_of(c, p);
    pthread_mutex_lock(&c->locks[bucket % LOCKS]);
    bool last = !--p->connections;
    if (last) {
        struct crowd_place **at = find(&c->of[bucket], p);
        *at = p->next;
    }
    pthread_mutex_unlock(&c->locks[bucket % LOCKS]);
    if (last) free(p);
}

bool crowd_ask(struct crowd_place *p, uint64_t most)
{
    if (atomic_fetch_add(&p->requests, 1) < most) return true;
    crowd_answered(p);
    return false;
}

void crowd_answered(struct crowd_place *p)
{
    atomic_fetch_sub(&p->requests, 1);
}
