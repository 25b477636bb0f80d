/* SPDX-License-Identifier: Apache-2.0 */
/* sort.c - heapsort: the items form a tree in which each is at least its children at 2i+1, 2i+2.
 * The root, the greatest, is moved behind the rest again and again. */
#include "base/sort.h"
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct heap {
    uint8_t *items;
    size_t size;
    int (*cmp)(const void *, const void *);
};

static uint8_t *item(const struct heap *h, size_t i)
{
    return h->items + i * h->size;
}

/* Let the item at i sink below its greater children among the first n. */
static void sink(const struct heap *h, size_t i, size_t n)
{
    uint8_t sinking[SORT_ITEM_MAX];
    memcpy(sinking, item(h, i), h->size);
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && h->cmp(item(h, child), item(h, child + 1)) < 0) child++;
        if (h->cmp(sinking, item(h, child)) >= 0) break;
        memcpy(item(h, i), item(h, child), h->size);
    }
    memcpy(item(h, i), sinking, h->size);
}

/* Each greater than the one before: then there is one order, and this is it. */
static bool is_sorted(const struct heap *h, size_t count)
{
    size_t i = 1;
    while (i < count && h->cmp(item(h, i - 1), item(h, i)) < 0) i++;
    return i >= count;
}

void sort_items(void *items, size_t count, size_t size, int (*cmp)(const void *, const void *))
{
    const struct heap h = {items, size, cmp};
    uint8_t last[SORT_ITEM_MAX];
    assert(size <= SORT_ITEM_MAX);
    if (is_sorted(&h, count)) return;
    for (size_t i = count / 2; i--;) sink(&h, i, count);
    for (size_t n = count; n-- > 1;) {
        memcpy(last, item(&h, n), size);
        memcpy(item(&h, n), item(&h, 0), size);
        memcpy(item(&h, 0), last, size);
        sink(&h, 0, n);
    }
}
