/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_json.c - JSON, and what a model's configuration says. */
#include "fuzz.h"

FUZZ_READER(FMT_JSON, "tokenizer_config.json")
