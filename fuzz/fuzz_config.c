/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_config.c - config.json: code that it names, where weights come from. */
#include "fuzz.h"

FUZZ_READER(FMT_JSON, "config.json")
