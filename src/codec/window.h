/* SPDX-License-Identifier: Apache-2.0 */
/* window.h - the output of a Lempel-Ziv block: literals and copies from what was made before.
 * Why: snappy and LZ4 blocks differ only in how they spell these two.
 * Owns: nothing.   Threads: one owner.   Fails: false, nothing written beyond room. */
#pragma once
#include "base/slice.h"

struct window {
    uint8_t *out;
    size_t room, at;
};

#define WINDOW_STEP 16u

/* n bytes of in, which has more behind them or not. */
static inline bool window_literal(struct window *w, struct slice in, size_t from, size_t n)
{
    if (n > in.n - from || n > w->room - w->at) return false;
    if (n <= WINDOW_STEP && in.n - from >= WINDOW_STEP && w->room - w->at >= WINDOW_STEP)
        memcpy(&w->out[w->at], &in.p[from], WINDOW_STEP);
    else
        memcpy(&w->out[w->at], &in.p[from], n);
    w->at += n;
    return true;
}

/* The n bytes that lie `back` before the end; they may overlap what they make. */
static inline bool window_copy(struct window *w, size_t back, size_t n)
{
    if (!back || back > w->at || n > w->room - w->at) return false;
    uint8_t *to = &w->out[w->at];
    const uint8_t *from = &w->out[w->at - back];
    w->at += n;
    if (back >= WINDOW_STEP && w->room - w->at >= WINDOW_STEP) {
        for (size_t i = 0; i < n; i += WINDOW_STEP) memcpy(&to[i], &from[i], WINDOW_STEP);
    } else if (back == 1) {
        memset(to, *from, n);
    } else {
        for (size_t i = 0; i < n; i++) to[i] = from[i];
    }
    return true;
}
