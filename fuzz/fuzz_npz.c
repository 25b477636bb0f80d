/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_npz.c - arrays in a ZIP. */
#include "fuzz.h"

FUZZ_READER(FMT_ZIP, "arrays.npz")
