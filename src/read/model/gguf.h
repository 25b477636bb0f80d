/* SPDX-License-Identifier: Apache-2.0 */
/* gguf.h - GGUF, versions 1 to 3, both byte orders.
 * Why: loaders are C++ that maps the file and trusts its numbers, and the chat template inside is a
 * program that Python tools run.
 *
 *     "GGUF" | u32 version | u64 tensors | u64 keys
 *     keys      string key | u32 type | value         string = u64 length, bytes
 *     tensors   string name | u32 n | u64 dims[n] | u32 type | u64 offset
 *     padding to general.alignment (32) | data         offsets count from here
 *     Version 1 has u32 counts, lengths and dims.
 *
 * Rules that are checked: every count and length against the bytes left; known types; keys and
 * names once; alignment a power of two; at most 4 dims; dims x type without overflow and in whole
 * blocks; offsets aligned, inside the file, without overlap and gaps.
 * Owns: what lies in the reading's arena.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/readers.h"

reader_fn gguf_read;
