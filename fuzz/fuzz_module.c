/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_module.c - Python modules: names and values, values from elsewhere, rules over calls. */
#include "fuzz.h"

FUZZ_READER(FMT_PYTHON, "train.py")
