/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_repo.c - the shard index of a repository: paths and repeated keys. */
#include "fuzz.h"

FUZZ_READER(FMT_JSON, "model.safetensors.index.json")
