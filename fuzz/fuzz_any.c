/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_any.c - the bytes decide which readers run, as for a file of unknown origin. */
#include "fuzz.h"

FUZZ_READER(FMT_UNKNOWN, "model.bin")
