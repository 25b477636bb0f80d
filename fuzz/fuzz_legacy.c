/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_legacy.c - pickles under the name of a checkpoint: is it one of the older torch form? */
#include "fuzz.h"

FUZZ_READER(FMT_PICKLE, "model.pt")
