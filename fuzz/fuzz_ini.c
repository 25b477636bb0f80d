/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_ini.c - INI, .env and properties. */
#include "fuzz.h"

FUZZ_READER(FMT_INI, "a.cfg")
