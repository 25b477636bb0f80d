/* SPDX-License-Identifier: Apache-2.0 */
/* tar.h - tape archives: V7, ustar (POSIX.1-1988), GNU and pax (POSIX.1-2001).
 * Old torch checkpoints are tar files too: members `pickle`, `sys_info`, `tensors`, `storages`.
 * The last two are pushed with the hint FMT_TORCH_TAR, because they are pickles that raw bytes
 * follow. */
#pragma once
#include "read/readers.h"

#define TAR_BLOCK 512u

/* A header block whose checksum is right. */
bool tar_header_valid(struct slice block);

reader_fn tar_read;
