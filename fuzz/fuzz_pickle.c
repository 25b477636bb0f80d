/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

FUZZ_READER(FMT_PICKLE, "model.pkl")
