/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_csv.c - delimited tables: dialect, quotes, records, places. */
#include "fuzz.h"

FUZZ_READER(FMT_CSV, "a.csv")
