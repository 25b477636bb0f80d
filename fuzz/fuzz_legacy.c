/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_legacy.c - what torch.load() accepts without a container: several pickles, then storages. */
#include "fuzz.h"

FUZZ_READER(FMT_PICKLE, "model.pt")
