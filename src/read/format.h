/* SPDX-License-Identifier: Apache-2.0 */
/* format.h - the formats that Merlon tells apart, and what a file's name promises.
 * Why: bytes decide how a file is read; the name only says what its user believes it is. */
#pragma once
#include "base/slice.h"

enum format {
    FMT_UNKNOWN,
    /* models */
    FMT_PICKLE,
    FMT_TORCH_ZIP,
    FMT_TORCH_LEGACY,
    FMT_TORCH_TAR,
    FMT_TORCHSCRIPT,
    FMT_TORCH_PACKAGE,
    FMT_JOBLIB,
    FMT_NPY,
    FMT_NPZ,
    FMT_SAFETENSORS,
    FMT_GGUF,
    FMT_GGML,
    /* containers */
    FMT_ZIP,
    FMT_TAR,
    FMT_GZIP,
    FMT_BZIP2,
    FMT_XZ,
    FMT_LZMA,
    FMT_ZLIB,
    FMT_ZSTD,
    FMT_LZ4,
    FMT_SEVENZ,
    /* text that belongs to models */
    FMT_JINJA,
    FMT_JSON,
    FMT_MARKDOWN,
    /* recognised, and read by no reader yet: reported as not inspected when the kind calls for it
     */
    FMT_HDF5,
    FMT_ONNX,
    FMT_TFLITE,
    FMT_SAVEDMODEL,
    FMT_KERAS,
    FMT_RAR,
    FMT_CAB,
    FMT_PARQUET,
    FMT_ARROW,
    FMT_SQLITE,
    FMT_TFRECORD,
    FMT_AVRO,
    FMT_ORC,
    FMT_RDS,
    /* not models */
    FMT_ELF,
    FMT_PE,
    FMT_MACHO,
    FMT_SCRIPT,
    FMT_PYTHON,
    FMT_NOTEBOOK,
    FMT_TEXT,
    FMT_CSV,
    FMT_HTML,
    FMT_XML,
    FMT_SVG,
    FMT_JSONL,
    FMT_IMAGE,
    FMT_AUDIO,
    FMT_PDF,
    /* code and configuration */
    FMT_YAML,
    FMT_TOML,
    FMT_INI, /* key and value, line by line */
    FMT_DOCKERFILE,
    FMT_SHELL,
    FMT_REQUIREMENTS,
    FMT_LOCK,
    FMT_RAW /* weights without any framing, named by their container */,
    FMT_COUNT,
};

enum format_family {
    FAM_NONE,
    FAM_MODEL,
    FAM_CONTAINER,
    FAM_CONFIG,
    FAM_DATASET,
    FAM_CODE,
    FAM_SETTINGS,
    FAM_DEPENDENCIES,
    FAM_NOTEBOOK,
    FAM_OTHER
};

/* "pickle", "pytorch", "safetensors": the word used in reports. */
const char *format_name(enum format f);
enum format_family format_family(enum format f);

/* What a suffix promises. `formats` ends with FMT_UNKNOWN; an honest file is one of them. */
struct suffix_rule {
    const char *suffix; /* ".pt", or a whole name such as "pytorch_model.bin" */
    enum format_family family;
    enum format formats[12];
};

/* The rule for a file name (longest suffix wins, case ignored), or NULL. */
const struct suffix_rule *suffix_find(struct slice name);
bool suffix_allows(const struct suffix_rule *rule, enum format f);
