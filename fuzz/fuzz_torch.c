/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_torch.c - the older torch form: pickles, keys and raw storages in one run of bytes. */
#include "fuzz.h"

FUZZ_READER(FMT_TORCH_LEGACY, "model.pt")
