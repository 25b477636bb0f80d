/* SPDX-License-Identifier: Apache-2.0 */
/* sniff.c - which formats do these bytes have?
 *
 * Three tables, in this order: magic numbers at fixed places; shapes, for formats whose beginning
 * says too little (checksums, lengths, a trial of the decoder); text. A file may be in several
 * rows, and then it is read several times. Only text and protocol-0 pickles look at the name,
 * because their bytes alone cannot tell one from the other. */
#include "codec/charset.h"
#include "read/readers.h"
#include "read/sniff_shapes.h"

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
    M(FMT_ZIP, 0, "PK\x07\x08PK\x03\x04"), /* one part of a spanned archive that fitted in one */
    M(FMT_ZIP, 0, "PK00PK\x03\x04"),
    M(FMT_GZIP, 0, "\x1f\x8b\x08"),
    M(FMT_XZ, 0,
      "\xfd"
      "7zXZ\0"),
    M(FMT_ZSTD, 0, "\x28\xb5\x2f\xfd"),
    M(FMT_LZ4, 0, "\x04\x22\x4d\x18"),
    M(FMT_LZ4, 0, "\x02\x21\x4c\x18"),
    M(FMT_SEVENZ, 0, "7z\xbc\xaf\x27\x1c"),
    M(FMT_ZLIB, 0, "ZF0x"),
    M(FMT_RAR, 0, "Rar!\x1a\x07"),
    M(FMT_CAB, 0, "MSCF\0\0\0\0"),
    M(FMT_NPY, 0, "\x93NUMPY"),
    M(FMT_GGUF, 0, "GGUF"),
    M(FMT_GGML, 0, "lmgg"),
    M(FMT_GGML, 0, "fmgg"),
    M(FMT_GGML, 0, "tjgg"),
    M(FMT_GGML, 0, "algg"),
    M(FMT_GGML, 0, "ggml"),
    M(FMT_GGML, 0, "ggmf"),
    M(FMT_GGML, 0, "ggjt"),
    M(FMT_GGML, 0, "ggla"),
    M(FMT_HDF5, 0, "\x89HDF\r\n\x1a\n"),
    M(FMT_HDF5, 512, "\x89HDF\r\n\x1a\n"), /* after a user block */
    M(FMT_HDF5, 1024, "\x89HDF\r\n\x1a\n"),
    M(FMT_HDF5, 2048, "\x89HDF\r\n\x1a\n"),
    M(FMT_TFLITE, 4, "TFL3"),
    M(FMT_RDS, 0, "X\n\0\0\0\2"),
    M(FMT_RDS, 0, "X\n\0\0\0\3"),
    M(FMT_RDS, 0, "RDX2\nX\n"),
    M(FMT_RDS, 0, "RDX3\nX\n"),
    M(FMT_PARQUET, 0, "PAR1"),
    M(FMT_PARQUET, 0, "PARE"), /* encrypted */
    M(FMT_ARROW, 0, "ARROW1"),
    M(FMT_AVRO, 0, "Obj\1"),
    M(FMT_ARROW, 0, "FEA1"),
    M(FMT_SQLITE, 0, "SQLite format 3\0"),
    M(FMT_SQLITE, 0, "\x37\x7f\x06\x82\0\x2d\xe2\x18"), /* its write-ahead log */
    M(FMT_SQLITE, 0, "\x37\x7f\x06\x83\0\x2d\xe2\x18"),
    M(FMT_SQLITE, 0, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"), /* its journal */
    M(FMT_ELF, 0,
      "\x7f"
      "ELF"),
    M(FMT_MACHO, 0, "\xcf\xfa\xed\xfe"),
    M(FMT_MACHO, 0, "\xce\xfa\xed\xfe"),
    M(FMT_MACHO, 0, "\xfe\xed\xfa\xcf"),
    M(FMT_MACHO, 0, "\xfe\xed\xfa\xce"),
    M(FMT_IMAGE, 0, "\x89PNG\r\n\x1a\n"),
    M(FMT_IMAGE, 0, "\xff\xd8\xff"),
    M(FMT_IMAGE, 0, "GIF87a"),
    M(FMT_IMAGE, 0, "GIF89a"),
    M(FMT_IMAGE, 0, "II*\0"),
    M(FMT_IMAGE, 0, "MM\0*"),
    M(FMT_IMAGE, 0, "II+\0"),
    M(FMT_IMAGE, 0, "MM\0+"),
    M(FMT_IMAGE, 8, "WEBPVP8"),
    M(FMT_IMAGE, 4, "ftypavif"),
    M(FMT_IMAGE, 4, "ftypheic"),
    M(FMT_IMAGE, 4, "ftypheix"),
    M(FMT_IMAGE, 4, "ftypmif1"),
    M(FMT_PDF, 0, "%PDF-"),
    M(FMT_AUDIO, 8, "WAVEfmt "),
    M(FMT_AUDIO, 0, "fLaC\0\0\0"),
    M(FMT_AUDIO, 0, "OggS\0"),
    M(FMT_AUDIO, 0, "ID3\2"),
    M(FMT_AUDIO, 0, "ID3\3"),
    M(FMT_AUDIO, 0, "ID3\4"),
};

/* Tried when no row of the same format has fitted yet. */
struct shape_row {
    enum format format;
    shape_fn *fits;
};

static const struct shape_row shapes[] = {
    {FMT_TAR, shape_tar},
    {FMT_BZIP2, shape_bzip2},
    {FMT_ZSTD, shape_zstd_skippable},
    {FMT_ARROW, shape_arrow},
    {FMT_ORC, shape_orc},
    {FMT_TORCH_LEGACY, shape_torch_legacy},
    {FMT_PICKLE, shape_pickle},
    {FMT_SAFETENSORS, shape_safetensors},
    {FMT_ZLIB, shape_zlib},
    {FMT_LZMA, shape_lzma},
    {FMT_PE, shape_pe},
    {FMT_SAVEDMODEL, shape_savedmodel},
    {FMT_ONNX, shape_onnx},
    {FMT_IMAGE, shape_bmp},
    {FMT_TFRECORD, shape_tfrecord},
    {FMT_ZIP, shape_zip_behind}, /* last: knows whether something else fitted */
};

/* What kind of text; only asked when nothing above fitted. The first row that fits wins. */
static const struct shape_row texts[] = {
    {FMT_LOCK, shape_lock},
    {FMT_REQUIREMENTS, shape_requirements},
    {FMT_PYTHON, shape_python},
    {FMT_SHELL, shape_shell},
    {FMT_DOCKERFILE, shape_dockerfile},
    {FMT_YAML, shape_yaml},
    {FMT_TOML, shape_toml},
    {FMT_INI, shape_ini},
    {FMT_SCRIPT, shape_script},
    {FMT_NOTEBOOK, shape_notebook},
    {FMT_JSONL, shape_jsonl},
    {FMT_JSON, shape_json},
    {FMT_MARKDOWN, shape_markdown},
    {FMT_HTML, shape_html},
    {FMT_SVG, shape_svg},
    {FMT_XML, shape_xml},
    {FMT_CSV, shape_csv},
    {FMT_TEXT, shape_any_text},
};

static bool known(const enum format *ret, size_t n, enum format f)
{
    for (size_t i = 0; i < n; i++)
        if (ret[i] == f) return true;
    return false;
}

static size_t by_magic(struct slice bytes, enum format ret[SNIFF_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < COUNT_OF(magics) && n < SNIFF_MAX; i++) {
        const struct magic *m = &magics[i];
        if (known(ret, n, m->format)) continue;
        if (slice_eq(slice_sub(bytes, m->offset, m->bytes.n), m->bytes)) ret[n++] = m->format;
    }
    return n;
}

size_t sniff(struct slice bytes, struct slice name, enum format ret[SNIFF_MAX])
{
    struct shape_input in = {bytes, slice_sub(bytes, 0, SHAPE_HEAD), name, false};
    size_t n = by_magic(bytes, ret);
    for (size_t i = 0; i < COUNT_OF(shapes) && n < SNIFF_MAX; i++) {
        in.known = n > 0;
        if (!known(ret, n, shapes[i].format) && shapes[i].fits(&in)) ret[n++] = shapes[i].format;
    }
    /* whoever loads a template goes by its name, whatever its first bytes look like */
    if (n < SNIFF_MAX && shape_jinja(&in)) ret[n++] = FMT_JINJA;
    if (n || (!shape_is_text(&in) && !shape_markup(&in))) return n;
    uint8_t utf8[SHAPE_HEAD];
    const struct charset *wide = shape_charset(&in);
    if (wide) {
        size_t at = 0, mark;
        (void)charset_by_mark(in.head, &mark);
        struct slice text = slice_sub(in.head, mark, in.head.n);
        in.head = slice_of(utf8, charset_utf8(wide, text, &at, utf8, sizeof utf8));
    }
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (!texts[i].fits(&in)) continue;
        ret[0] = texts[i].format;
        return 1;
    }
    return 0;
}
