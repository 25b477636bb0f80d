/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_sqlite.c - databases, their logs and journals. */
#include "fuzz.h"

FUZZ_READER(FMT_SQLITE, "rows.db")
