/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_manifest.c - manifests in TOML, and the packages that they name. */
#include "fuzz.h"

FUZZ_READER(FMT_TOML, "pyproject.toml")
