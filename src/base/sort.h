/* SPDX-License-Identifier: Apache-2.0 */
/* sort.h - sorting in place.
 * Why: the C library's qsort takes memory of its own and asks the system how much there is, which
 * the sandbox forbids; and hostile input must not find a worst case. Heapsort has none.
 * Owns: nothing.   Threads: one owner.   Fails: never. */
#pragma once
#include <stddef.h>

/* Items of up to SORT_ITEM_MAX bytes; equal ones end in any order. */
#define SORT_ITEM_MAX 128
void sort_items(void *items, size_t count, size_t size, int (*cmp)(const void *, const void *));
