/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_ggml.c - the formats before GGUF. */
#include "fuzz.h"

FUZZ_READER(FMT_GGML, "ggml-model.bin")
