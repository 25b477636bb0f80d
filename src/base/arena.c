/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c - a list of chunks, newest first. A request that does not fit the newest chunk starts
 * another; big requests get a chunk of their own. Chunks are only given back as a whole. */
#include "base/arena.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct arena_chunk {
    struct arena_chunk *next;
    size_t size, fill;
    _Alignas(16) uint8_t data[];
};

#define ALIGN 16u

/* With AddressSanitizer, what is not handed out may not be touched: the slack behind every object,
 * the rest of a chunk, and what was taken back. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_WATCHED 1
#endif
#endif
#ifdef ARENA_WATCHED
void __asan_poison_memory_region(volatile void *p,
                                 size_t n); /* not const: gcc would expect bytes */
void __asan_unpoison_memory_region(volatile void *p, size_t n);
#define FORBID(p, n) __asan_poison_memory_region((p), (n))
#define PERMIT(p, n) __asan_unpoison_memory_region((p), (n))
#else
#define FORBID(p, n) ((void)(p), (void)(n))
#define PERMIT(p, n) ((void)(p), (void)(n))
#endif

void arena_init(struct arena *a, size_t cap, size_t chunk)
{
    *a = (struct arena){.cap = cap, .chunk = chunk};
}

static void free_until(struct arena *a, const struct arena_chunk *keep)
{
    while (a->head && a->head != keep) {
        struct arena_chunk *next = a->head->next;
        a->used -= a->head->size;
        free(a->head);
        a->head = next;
    }
}

static void empty(struct arena_chunk *c, size_t from)
{
    FORBID(c->data + from, c->fill - from);
    c->fill = from;
}

void arena_done(struct arena *a)
{
    free_until(a, NULL);
}

void arena_reset(struct arena *a)
{
    struct arena_chunk *last = a->head;
    while (last && last->next) last = last->next;
    free_until(a, last);
    if (last && last->size > a->chunk) {
        free_until(a, NULL);
    } else if (last) {
        empty(last, 0);
    }
}

static struct arena_chunk *add_chunk(struct arena *a, size_t need)
{
    size_t size = need > a->chunk ? need : a->chunk;
    if (size > a->cap - a->used) size = need;
    if (size > a->cap - a->used) return NULL;
    struct arena_chunk *c = malloc(sizeof *c + size);
    if (!c) return NULL;
    c->next = a->head;
    c->size = size;
    c->fill = 0;
    FORBID(c->data, size);
    a->head = c;
    a->used += size;
    return c;
}

void *arena_room(struct arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - 2 * ALIGN) return NULL;
    size_t asked = bytes;
    bytes =
        (bytes + ALIGN) & ~(size_t)(ALIGN - 1); /* at least one byte, so never a shared address */
    struct arena_chunk *c = a->head;
    if (!c || bytes > c->size - c->fill) c = add_chunk(a, bytes);
    if (!c) return NULL;
    void *p = c->data + c->fill;
    c->fill += bytes;
    PERMIT(p, asked);
    return p;
}

void *arena_alloc(struct arena *a, size_t count, size_t size)
{
    void *p = arena_room(a, count, size);
    if (p) memset(p, 0, count * size);
    return p;
}

struct slice arena_copy(struct arena *a, struct slice s)
{
    uint8_t *p = arena_room(a, s.n, 1);
    if (p && s.n) memcpy(p, s.p, s.n);
    return (struct slice){p, p ? s.n : 0};
}

char *arena_cstr(struct arena *a, struct slice s)
{
    if (slice_find_byte(s, 0) != SIZE_MAX) return NULL;
    char *p = arena_alloc(a, s.n + 1, 1);
    if (p && s.n) memcpy(p, s.p, s.n);
    return p;
}

struct slice arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1, 1);
    if (p) vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (struct slice){(uint8_t *)p, p ? (size_t)n : 0};
}

struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){a->head, a->head ? a->head->fill : 0};
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
    if (!mark.head) {
        arena_reset(a);
        return;
    }
    free_until(a, mark.head);
    empty(a->head, mark.fill);
}
