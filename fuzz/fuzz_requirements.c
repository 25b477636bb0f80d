/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_requirements.c - lists of packages as pip reads them. */
#include "fuzz.h"

FUZZ_READER(FMT_REQUIREMENTS, "requirements.txt")
