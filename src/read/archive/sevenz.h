/* SPDX-License-Identifier: Apache-2.0 */
/* sevenz.h - 7z archives. The structure is read by hand, liblzma unpacks. */
#pragma once
#include "read/readers.h"

reader_fn sevenz_read;
