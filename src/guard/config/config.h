/* SPDX-License-Identifier: Apache-2.0 */
/* config.h - what guard.toml says.
 *
 *     [[listen]]    address, certificate...   where clients come in
 *     [[upstream]]  name, url, ca...          the servers behind
 *     [[route]]     host, path -> upstreams   who goes where; the first that fits counts
 *     [limits] [timeouts]                     what one client may take
 *     [log]                                   where what was judged is recorded
 *     [policy]                                what is done about what is said: policy_read.h
 *
 * Owns: nothing; everything lives in the arena.   Threads: read only once it is made.
 * Fails: false and sentences with file and line, each with what to do. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "net/address.h"

struct toml_node;
struct guard_policy;

#define GUARD_LISTENS_MAX   32
#define GUARD_UPSTREAMS_MAX 64
#define GUARD_ROUTES_MAX    256
#define GUARD_MEMBERS_MAX   16
#define GUARD_THREADS_MAX   64

struct guard_listen {
    struct slice address_text, certificate, key, client_ca, client_certificate;
    struct slice *more; /* further certificates and keys in turn, for other names */
    size_t more_count;
    struct address address;
};

struct guard_upstream {
    struct slice name, url_text;
    struct url url;
    struct slice ca; /* a PEM file, or "system" */
    struct slice certificate, key, server_name;
    struct slice health;                   /* a path that is asked; empty: nothing is asked */
    uint64_t health_every, health_timeout; /* ms */
    uint64_t health_rise, health_fall;     /* answers in a row that change the verdict */
    uint64_t break_after, break_for;       /* failures in a row; ms */
    uint64_t idle_connections;             /* kept open, of each loop */
};

enum guard_upgrade { GUARD_UPGRADE_REFUSE, GUARD_UPGRADE_IGNORE };

struct guard_member {
    size_t upstream; /* index */
    unsigned weight; /* 0: only when no other can */
};

struct guard_route {
    struct slice name;       /* for the policy, messages and the log; its host and path at first */
    struct slice host;       /* "api.example", "*.example"; empty: any */
    struct slice path;       /* a prefix that ends at a segment */
    struct slice *upstreams; /* "name", "name=weight" */
    size_t upstream_count;
    struct slice upgrade_text, host_text;
    enum guard_upgrade upgrade;
    struct slice *retry_texts; /* "503", "any-method" */
    size_t retry_count;
    unsigned retry_on; /* bits: see guard_retries() */
    bool keep_host;    /* the upstream is told the client's Host */
    uint64_t body;     /* bytes; 0: as in [limits] */
    struct guard_member members[GUARD_MEMBERS_MAX];
    size_t member_count;
};

struct guard_limits {
    uint64_t head, target, body, replay, connections;
    uint64_t client_connections, client_requests; /* of one client: see crowd.h */
};

struct guard_timeouts { /* ms */
    uint64_t head, idle, connect, answer, stall, drain, linger, resolve;
    uint64_t body_rate; /* bytes a second that a client must bring, over some seconds */
};

struct guard_log_keys {                  /* of the start: a reload does not change it */
    struct slice path, key, full, lines; /* lines: "json", else none */
    uint64_t keep_days, keep_size;       /* 0: as merlon.toml says, if the log is its project's */
};

struct guard_config {
    struct slice mode, own; /* own: "loopback" or "any": who may see the metrics */
    uint64_t threads;       /* 0: one per processor */
    struct guard_limits limits;
    struct guard_timeouts timeouts;
    struct guard_log_keys log;
    struct guard_listen *listens;
    struct guard_upstream *upstreams;
    struct guard_route *routes;
    size_t listen_count, upstream_count, route_count;
    const struct toml_node *root;      /* of the file, for its policy; NULL: none */
    const struct guard_policy *policy; /* NULL: the usual one of `mode`; see policy_read.h */
};

/* `name` is the file's, for messages; what is wrong goes to `why`, a line each. */
bool guard_config_read(struct slice text, const char *name, struct arena *arena,
                       struct guard_config *ret, struct buf *why);
/* May a request be asked again elsewhere after an answer of this status? */
bool guard_retries(const struct guard_route *r, unsigned status);
#define GUARD_RETRY_ANY 1u /* in retry_on: whatever its method */

/* No file: one listener, one upstream, one route for all. */
bool guard_config_short(struct slice listen, struct slice upstream, struct arena *arena,
                        struct guard_config *ret, struct buf *why);
