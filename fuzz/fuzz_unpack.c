/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_unpack.c - the first byte picks the decompressor, the rest is its input. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum format formats[] = {FMT_GZIP, FMT_ZLIB, FMT_BZIP2, FMT_XZ,
                                          FMT_LZMA, FMT_ZSTD, FMT_LZ4};
    if (!size) return 0;
    struct slice rest = slice_sub(slice_of(data, size), 1, size);
    fuzz_read(formats[data[0] % 7], "model.pkl.gz", rest);
    return 0;
}
