/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_parquet.c - footers, pages and encodings of Parquet files. */
#include "fuzz.h"

FUZZ_READER(FMT_PARQUET, "data.parquet")
