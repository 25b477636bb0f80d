/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h - memory that is freed all at once.
 * Why: one subject or one request is one arena; nothing inside needs its own free, nothing leaks
 * on an error path, and a hostile input cannot take more than the cap.
 * Owns: its chunks.   Threads: one owner.   Fails: NULL when the cap or the heap is used up. */
#pragma once
#include "base/slice.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *head;
    size_t used, cap; /* bytes handed out from the heap, and the most that may be */
    size_t chunk; /* usual size of a chunk; 0 makes every allocation its own heap call (tests) */
};

struct arena_mark {
    struct arena_chunk *head;
    size_t fill;
};

void arena_init(struct arena *a, size_t cap, size_t chunk);
void arena_done(struct arena *a);  /* frees all; the arena may be used again */
void arena_reset(struct arena *a); /* forgets all; keeps one chunk for the next subject */

/* count * size zeroed bytes, aligned for any type; NULL on overflow, cap or heap exhaustion. */
void *arena_alloc(struct arena *a, size_t count, size_t size);
#define ARENA_NEW(a, type)          ((type *)arena_alloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc((a), (count), sizeof(type)))

/* The same, not zeroed: for buffers that are filled before they are read, mostly a small part of
 * them. What is never touched costs nothing. */
void *arena_room(struct arena *a, size_t count, size_t size);
#define ARENA_ROOM(a, type, count) ((type *)arena_room((a), (count), sizeof(type)))

/* A copy of s; p == NULL when memory is out (never for an empty s, which gives a valid pointer). */
struct slice arena_copy(struct arena *a, struct slice s);
/* A NUL-terminated copy for system calls; NULL when memory is out or s holds a NUL byte. */
char *arena_cstr(struct arena *a, struct slice s);
/* Formatted text; p == NULL when memory is out. */
struct slice arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Take back everything that was allocated since the mark; of an arena that was empty then, one
 * chunk is kept for what comes next. */
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark mark);
