/* SPDX-License-Identifier: Apache-2.0 */
/* tfrecord.h - TensorFlow's record files.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/readers.h"

/* One record's frame; false: it does not fit into the bytes. Told apart from other files by the
 * checksum of the length. */
struct tfrecord_frame {
    uint64_t at, size; /* of the frame; of the data that begins 12 bytes behind it */
    bool length_good, data_good;
    struct slice data;
};
bool tfrecord_frame(struct slice bytes, uint64_t at, struct tfrecord_frame *ret);

reader_fn tfrecord_read; /* FMT_TFRECORD */
