/* SPDX-License-Identifier: Apache-2.0 */
/* heap.h - a heap that gives out at the k-th request; for programs that are linked with
 * -Wl,--wrap=malloc,--wrap=calloc,--wrap=strdup,--wrap=realpath. One thread at a time. */
#pragma once
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
char *__real_strdup(const char *s);
char *__real_realpath(const char *path, char *ret);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
char *__wrap_strdup(const char *s);
char *__wrap_realpath(const char *path, char *ret);

static size_t heap_left = SIZE_MAX; /* requests until the one that is refused; SIZE_MAX: never */
static bool heap_refused;

static bool heap_grants(void)
{
    if (heap_left == SIZE_MAX || heap_left--) return true;
    heap_left = SIZE_MAX;
    heap_refused = true;
    errno = ENOMEM;
    return false;
}

static inline void heap_refuse(size_t k)
{
    heap_left = k;
    heap_refused = false;
}

void *__wrap_malloc(size_t n)
{
    return heap_grants() ? __real_malloc(n) : NULL;
}

void *__wrap_calloc(size_t count, size_t n)
{
    return heap_grants() ? __real_calloc(count, n) : NULL;
}

char *__wrap_strdup(const char *s)
{
    return heap_grants() ? __real_strdup(s) : NULL;
}

char *__wrap_realpath(const char *path, char *ret)
{
    return heap_grants() ? __real_realpath(path, ret) : NULL;
}
