/* SPDX-License-Identifier: Apache-2.0 */
/* wrapped_heap.h - a heap that counts its requests and refuses one of them; for programs that are
 * linked with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc. Any number of threads. */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

static _Atomic long heap_calls; /* requests so far */
static _Atomic long heap_fails; /* the request, counted from 1, that is refused; 0: none */

void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *p, size_t n);

/* From now on the k-th request is refused; 0: none. */
static inline void heap_refuse(long k)
{
    heap_calls = 0;
    heap_fails = k;
}

static inline bool heap_grants(void)
{
    return ++heap_calls != heap_fails;
}

void *__wrap_malloc(size_t n)
{
    return heap_grants() ? __real_malloc(n) : NULL;
}

void *__wrap_calloc(size_t count, size_t n)
{
    return heap_grants() ? __real_calloc(count, n) : NULL;
}

void *__wrap_realloc(void *p, size_t n)
{
    return heap_grants() ? __real_realloc(p, n) : NULL;
}
