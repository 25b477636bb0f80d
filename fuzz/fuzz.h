/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h - what every fuzz target shares: bytes are read as one format and judged.
 * Why: a target is ten lines, and all targets run with the same small purse.
 * Adding one? fuzz_<reader>.c with FUZZ_READER(...), its name in meson.build, and words of the
 * format in dict/<reader>.dict. Crashers go to regress/<reader>/ and are replayed by `make test`.
 * Owns: nothing.   Threads: one.   Fails: by abort(), which is what a fuzzer wants to see. */
#pragma once
#include "base/slice.h"
#include "read/format.h"
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Read `bytes` as `hint` (FMT_UNKNOWN: sniff) under this file name, judge what comes out, and abort
 * when the outcome breaks a promise of reading.h or judge.h. */
void fuzz_read(enum format hint, const char *name, struct slice bytes);

#define FUZZ_READER(format, name)                                \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) \
    {                                                            \
        fuzz_read(format, name, slice_of(data, size));           \
        return 0;                                                \
    }
