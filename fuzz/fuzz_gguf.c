/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_gguf.c - keys, tensors and layout of GGUF files. */
#include "fuzz.h"

FUZZ_READER(FMT_GGUF, "model.gguf")
