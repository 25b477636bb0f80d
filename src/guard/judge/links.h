/* SPDX-License-Identifier: Apache-2.0 */
/* links.h - addresses in an answer, and what they would carry away.
 * Why: a client that renders ![](http://host/?q=data) fetches it without anybody's click, so an
 * answer can send what the model has read to whoever owns the host (EchoLeak, CVE-2025-32711; OWASP
 * LLM05). A link needs a click, a name in other letters only a glance.
 *
 *     ![alt](URL)   [id]: URL   <img src="URL">   url(URL)      fetched by the client
 *     [text](URL)   <URL>   URL   <a href=URL>                  followed by a person
 *
 * A match is the address, not the words around it. Hosts of the operator's list are never told.
 * Owns: nothing.   Threads: pure.   Fails: never. */
#pragma once
#include "base/slice.h"

enum link_fault {
    LINK_FINE,
    LINK_IMAGE,  /* fetched by itself, and carries data: exfil.markdown-image */
    LINK_CARRY,  /* a link that carries data: exfil.link */
    LINK_FETCH,  /* fetched by itself from a host that is not in the list: exfil.image-host */
    LINK_SCHEME, /* javascript:, data:, file: ...: link.scheme */
    LINK_LOOKS,  /* userinfo, other letters, a made-up neighbour of a known name: link.deceptive */
    LINK_HOST,   /* a bare address, a tunnel, a shortener, a drop: link.odd-host */
};

struct link_policy {
    const struct slice *hosts; /* allowed: "corp.net" also allows "www.corp.net" */
    size_t count;
};

struct link_found {
    enum link_fault fault;
    size_t from, to; /* bytes of the text */
};
typedef void link_fn(void *ctx, const struct link_found *found);

#define LINK_MOST 4096u /* bytes of an address; what is longer ends there */
#define LINK_BACK 600u  /* bytes before an address that say what it is */

/* Addresses that begin in text[at, ...), in order. `whole`: nothing comes behind the text. Returns
 * where an address begins that is not whole yet, or text.n; ask again from there. */
size_t links_scan(const struct link_policy *policy, struct slice text, size_t at, bool whole,
                  link_fn *found, void *ctx);
