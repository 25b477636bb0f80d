/* SPDX-License-Identifier: Apache-2.0 */
/* numpy.h - .npy, versions 1 to 3, and .npz.
 * Why: an array of objects is a pickle that numpy.load runs; sizes that wrap crash readers.
 *
 *     93 "NUMPY" | u8 version, 0 | u16 n (u32 from version 2) | n bytes of a Python literal | data
 *     {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }
 *
 * Several arrays may follow each other. The literal is parsed, never evaluated.
 * Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/archive/zip.h"

reader_fn npy_read;
zip_layout_fn npz_read;
