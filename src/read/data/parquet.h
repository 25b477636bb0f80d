/* SPDX-License-Identifier: Apache-2.0 */
/* parquet.h - Apache Parquet files.
 * Why: data sets are published in it, and their values stand packed, column by column, where a
 * scanner of bytes sees nothing.
 * Owns: nothing.   Threads: one owner.   Fails: see reading.h.
 * Specification: parquet-format 2.11 (README.md, parquet.thrift, Encodings.md, Compression.md). */
#pragma once
#include "read/reading.h"

MUST_USE enum st parquet_read(struct reading *r);
