/* SPDX-License-Identifier: Apache-2.0 */
/* test.h - cmocka with the headers that it wants, and slices in assertions. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/slice.h"

#define assert_slice(s, text)                                        \
    do {                                                             \
        struct slice slice_ = (s);                                   \
        assert_int_equal(slice_.n, sizeof(text) - 1);                \
        if (slice_.n) assert_memory_equal(slice_.p, text, slice_.n); \
    } while (0)
