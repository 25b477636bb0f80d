/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_jsonl.c - JSON Lines: tokens, escapes, broken lines, places. */
#include "fuzz.h"

FUZZ_READER(FMT_JSONL, "a.jsonl")
