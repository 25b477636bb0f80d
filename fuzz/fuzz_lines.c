/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_lines.c - prose and code. */
#include "fuzz.h"

FUZZ_READER(FMT_TEXT, "a.txt")
