/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_safetensors.c - header, layout and metadata of safetensors files. */
#include "fuzz.h"

FUZZ_READER(FMT_SAFETENSORS, "model.safetensors")
