/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors.h - tensors behind a JSON header.
 * Why: the format promises that nothing runs and that every byte belongs to one tensor; a file that
 * breaks a promise was made by hand.
 *
 *     u64 n | header: n bytes of JSON, padded with spaces | data
 *     {"__metadata__": {"format": "pt"}, "w": {"dtype": "F32", "shape": [2, 3],
 *      "data_offsets": [0, 24]}}          offsets count from the data's first byte
 *
 * Rules that are checked: n <= 100 MB and inside the file; '{' first; keys once; dtype known;
 * shape x dtype = range, without overflow; ranges cover the data without holes and overlaps.
 * Owns: two arrays in the reading's arena: 16 bytes a key, 16 bytes a tensor.   Threads: one owner.
 * Fails: ST_NOMEM, ST_LIMIT; what is bad about the input is told. */
#pragma once
#include "read/readers.h"

reader_fn safetensors_read;
