/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_tfrecord.c - records and the messages in them. */
#include "fuzz.h"

FUZZ_READER(FMT_TFRECORD, "rows.tfrecord")
