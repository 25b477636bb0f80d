/* SPDX-License-Identifier: Apache-2.0 */
/* sniff.c - which formats do these bytes have? Magic numbers first, then shapes. */
#include "read/readers.h"

struct magic {
    enum format format;
    size_t offset;
    struct slice bytes;
};

#define M(f, off, lit)                              \
    {                                               \
        f, off,                                     \
        {                                           \
            (const uint8_t *)(lit), sizeof(lit) - 1 \
        }                                           \
    }

static const struct magic magics[] = {
    M(FMT_ZIP, 0, "PK\x03\x04"),
    M(FMT_ZIP, 0, "PK\x05\x06"),
    M(FMT_GZIP, 0, "\x1f\x8b\x08"),
    M(FMT_BZIP2, 0, "BZh"),
    M(FMT_XZ, 0,
      "\xfd"
      "7zXZ\0"),
    M(FMT_ZSTD, 0, "\x28\xb5\x2f\xfd"),
    M(FMT_LZ4, 0, "\x04\x22\x4d\x18"),
    M(FMT_SEVENZ, 0, "7z\xbc\xaf\x27\x1c"),
    M(FMT_TAR, 257, "ustar"),
    M(FMT_NPY, 0, "\x93NUMPY"),
    M(FMT_GGUF, 0, "GGUF"),
    M(FMT_HDF5, 0, "\x89HDF\r\n\x1a\n"),
    M(FMT_ELF, 0,
      "\x7f"
      "ELF"),
    M(FMT_RAR, 0, "Rar!\x1a\x07"),
    M(FMT_PARQUET, 0, "PAR1"),
    M(FMT_ARROW, 0, "ARROW1"),
    M(FMT_SQLITE, 0, "SQLite format 3\0"),
    M(FMT_TFLITE, 4, "TFL3"),
    M(FMT_IMAGE, 0, "\x89PNG\r\n\x1a\n"),
    M(FMT_IMAGE, 0, "\xff\xd8\xff"),
    M(FMT_IMAGE, 0, "GIF8"),
    M(FMT_PDF, 0, "%PDF-"),
    M(FMT_AUDIO, 8, "WAVE"),
};

size_t sniff(struct slice bytes, struct slice name, enum format ret[SNIFF_MAX])
{
    size_t n = 0;
    (void)name;
    for (size_t i = 0; i < sizeof magics / sizeof *magics && n < SNIFF_MAX; i++) {
        struct slice at = slice_sub(bytes, magics[i].offset, magics[i].bytes.n);
        if (slice_eq(at, magics[i].bytes)) ret[n++] = magics[i].format;
    }
    return n;
}
