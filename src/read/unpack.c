/* SPDX-License-Identifier: Apache-2.0 */
#include "read/unpack.h"

void spool_init(struct spool *s, int fd)
{
    *s = (struct spool){.fd = fd};
}

enum st unpack(struct reading *r, const struct member *m, struct unpacked *ret)
{
    (void)r;
    *ret = (struct unpacked){0};
    if (m->codec != CODEC_STORED) return ST_UNSUPPORTED;
    ret->bytes = m->packed;
    ret->consumed = m->packed.n;
    return ST_OK;
}

void unpacked_done(struct reading *r, struct unpacked *u)
{
    (void)r;
    (void)u;
}
