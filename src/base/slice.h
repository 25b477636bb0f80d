/* SPDX-License-Identifier: Apache-2.0 */
/* slice.h - a run of bytes: pointer and length, passed by value.
 * Why: one type for all text and bytes; no terminators to forget, no copies to make.
 * Owns: nothing. Whoever made the bytes keeps them alive longer than every slice of them.
 * Threads: a value.   Fails: never; out-of-range requests give the empty slice. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const uint8_t *p;
    size_t n;
};

/* A literal's bytes without its terminator: S("abc"). */
#define S(lit) ((struct slice){(const uint8_t *)("" lit), sizeof(lit) - 1})
/* For printf's %.*s. */
#define SLICE_ARG(s) \
    (int)((s).n > 4096 ? 4096 : (s).n), (const char *)((s).p ? (s).p : (const uint8_t *)"")

static inline struct slice slice_of(const void *p, size_t n)
{
    return (struct slice){p, n};
}

static inline struct slice slice_str(const char *s)
{
    return (struct slice){(const uint8_t *)s, s ? strlen(s) : 0};
}

/* Bytes [off, off + n) of s, cut at its end. */
#ifdef __clang_analyzer__ /* it would doubt each use of a part that cannot be out of range */
struct slice slice_sub(struct slice s, size_t off, size_t n);
#else
static inline struct slice slice_sub(struct slice s, size_t off, size_t n)
{
    if (off > s.n) return (struct slice){NULL, 0};
    size_t left = s.n - off; /* an empty slice may point nowhere, and NULL + 0 is no address in C */
    return (struct slice){(const uint8_t *)((uintptr_t)s.p + off), n < left ? n : left};
}
#endif
/* Does all of `part` lie in `whole`? Then *ret (may be NULL) is where. */
bool slice_inside(struct slice whole, struct slice part, size_t *ret);
bool slice_eq(struct slice a, struct slice b);
bool slice_eq_nocase(struct slice a, struct slice b); /* ASCII only */
int slice_cmp(struct slice a, struct slice b);        /* byte order, then length */
bool slice_starts(struct slice s, struct slice prefix);
bool slice_ends(struct slice s, struct slice suffix);
bool slice_ends_nocase(struct slice s, struct slice suffix);
/* Index of the first occurrence, or SIZE_MAX. */
size_t slice_find(struct slice s, struct slice needle);
size_t slice_find_byte(struct slice s, uint8_t byte);
size_t slice_rfind_byte(struct slice s, uint8_t byte);
bool slice_has(struct slice s, struct slice needle);
bool slice_has_nocase(struct slice s, struct slice needle);
/* Without leading and trailing ASCII white space. */
struct slice slice_trim(struct slice s);
/* The bytes up to the next sep (consumed with it); false when *rest is used up (rest->p == NULL).
 */
bool slice_split(struct slice *rest, uint8_t sep, struct slice *ret_part);
/* Shell-style match: * within a path part, ** across parts, ? one byte. Linear in pattern * text.
 */
bool slice_glob(struct slice pattern, struct slice text);
