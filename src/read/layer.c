/* SPDX-License-Identifier: Apache-2.0 */
#include "read/layer.h"
#include <sys/mman.h>

#define PAGE 4096u

void layer_release(const struct layer *l, uint64_t off, uint64_t n)
{
    struct slice part = slice_sub(l->bytes, (size_t)off, (size_t)n);
    if (!l->mapped || part.n < 2 * PAGE) return;
    uintptr_t at = (uintptr_t)part.p;
    uintptr_t from = (at + PAGE - 1) & ~(uintptr_t)(PAGE - 1),
              to = (at + part.n) & ~(uintptr_t)(PAGE - 1);
    /* the pages are clean copies of a file: dropping them loses nothing */
    if (to > from) (void)madvise((void *)from, to - from, MADV_DONTNEED);
}

struct slice layer_peek(const struct layer *l, uint64_t off, void *room, size_t n)
{
    struct slice part = slice_sub(l->bytes, (size_t)off, n);
    if (!l->file || !part.n) return part;
    ssize_t got = pread(*l->file, room, part.n, (off_t)off);
    return got == (ssize_t)part.n ? slice_of(room, part.n) : part;
}
