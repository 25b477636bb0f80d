/* SPDX-License-Identifier: Apache-2.0 */
/* torch.h - PyTorch checkpoints: ZIP archive, the older single file, the oldest tar, TorchScript
 * and torch.package. Why: all of them are a pickle beside raw numbers. The pickle asks for storages
 * by persistent ids; here those are resolved, so that they are neither strange nor unchecked.
 *
 *     zip      name/data.pkl, name/data/KEY (one storage each), name/version, name/byteorder
 *     legacy   pickles: magic, 1001, system, object, list of keys; then i64 count, numbers a key
 *     tar      members storages, tensors, pickle
 *
 * Owns: nothing beyond the reading's arena.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/archive/zip.h"

zip_layout_fn torch_zip_read; /* FMT_TORCH_ZIP, FMT_TORCHSCRIPT, FMT_TORCH_PACKAGE */
reader_fn torch_legacy_read;  /* FMT_TORCH_LEGACY */
reader_fn torch_tar_read;     /* FMT_TORCH_TAR: one member that mixes pickles and numbers */
reader_fn torch_raw_read;     /* FMT_RAW: a packed storage */
