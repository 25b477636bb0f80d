/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/seen.h"
#include "scan/known.h"
#include <stdlib.h>

struct seen {
    struct known known;
    struct hash_memory memory;
};

static bool get(void *ctx, const struct identity *id, enum hash_kind k, uint8_t ret[HASH_MAX])
{
    struct seen *s = ctx;
    return known_get(&s->known, id, k, ret);
}

static void put(void *ctx, const struct identity *id, enum hash_kind k, const uint8_t raw[HASH_MAX])
{
    struct seen *s = ctx;
    (void)known_put(&s->known, id, k, raw);
}

struct seen *seen_new(void)
{
    struct seen *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    known_init(&s->known);
    s->memory = (struct hash_memory){.ctx = s, .get = get, .put = put};
    return s;
}

void seen_free(struct seen *s)
{
    if (!s) return;
    known_done(&s->known);
    free(s);
}

const struct hash_memory *seen_memory(const struct seen *s)
{
    return s ? &s->memory : NULL;
}
