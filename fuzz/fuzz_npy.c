/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_npy.c - headers and data of numpy arrays. */
#include "fuzz.h"

FUZZ_READER(FMT_NPY, "array.npy")
