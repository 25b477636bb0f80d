/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - compressed files that hold one thing: gzip, bzip2, xz, lzma, zlib, zstd, lz4. */
#pragma once
#include "read/readers.h"

reader_fn stream_read;
