/* SPDX-License-Identifier: Apache-2.0 */
#include "read/readers.h"

static reader_fn *const readers[FMT_COUNT] = {
    [FMT_UNKNOWN] = NULL,
};

reader_fn *reader_of(enum format f)
{
    return f < FMT_COUNT ? readers[f] : NULL;
}
