/* SPDX-License-Identifier: Apache-2.0 */
/* ggml.h - the formats before GGUF: GGML, GGMF, GGJT, GGLA (LLaMA, GPT-2, GPT-J, NeoX, MPT, RWKV,
 * Whisper and adapters).
 * Why: such files are still downloaded and loaded by the same kind of C++ as GGUF.
 *
 *     magic | u32 version | parameters | vocabulary | tensors until the end
 *     tensor: u32 n, u32 name length, u32 type, u32 dims[n], name, padding, data
 *
 * The files do not say which model they are for: each layout is tried, and the one that ends with
 * the file is right.
 * Owns: nothing.   Threads: one owner.   Fails: ST_LIMIT. */
#pragma once
#include "read/readers.h"

reader_fn ggml_read;
