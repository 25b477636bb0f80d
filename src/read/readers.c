/* SPDX-License-Identifier: Apache-2.0 */
#include "read/readers.h"
#include "read/archive/sevenz.h"
#include "read/archive/stream.h"
#include "read/archive/tar.h"
#include "read/archive/zip.h"
#include "read/code/python_file.h"
#include "read/code/dockerfile.h"
#include "read/code/ini.h"
#include "read/code/shell_file.h"
#include "read/code/yaml.h"
#include "read/code/packages.h"
#include "read/config/config.h"
#include "read/config/jinja.h"
#include "read/data/arrow.h"
#include "read/data/image.h"
#include "read/data/markup.h"
#include "read/data/parquet.h"
#include "read/data/sqlite.h"
#include "read/data/tfrecord.h"
#include "read/model/ggml.h"
#include "read/model/gguf.h"
#include "read/model/numpy.h"
#include "read/model/pickle.h"
#include "read/model/safetensors.h"
#include "read/model/torch.h"
#include "read/text/text.h"

static reader_fn *const readers[FMT_COUNT] = {
    /* archives */
    [FMT_ZIP] = zip_read,
    [FMT_TAR] = tar_read,
    [FMT_SEVENZ] = sevenz_read,
    [FMT_GZIP] = stream_read,
    [FMT_BZIP2] = stream_read,
    [FMT_XZ] = stream_read,
    [FMT_LZMA] = stream_read,
    [FMT_ZLIB] = stream_read,
    [FMT_ZSTD] = stream_read,
    [FMT_LZ4] = stream_read,
    /* models */
    [FMT_PICKLE] = pickle_read,
    [FMT_JOBLIB] = pickle_read,
    [FMT_TORCH_LEGACY] = torch_legacy_read,
    [FMT_TORCH_TAR] = torch_tar_read,
    [FMT_RAW] = torch_raw_read,
    [FMT_NPY] = npy_read,
    [FMT_SAFETENSORS] = safetensors_read,
    [FMT_GGUF] = gguf_read,
    [FMT_GGML] = ggml_read,
    /* data sets */
    [FMT_PARQUET] = parquet_read,
    [FMT_ARROW] = arrow_read,
    /* text that belongs to models */
    [FMT_JINJA] = jinja_read,
    [FMT_JSON] = config_json_read,
    [FMT_TEXT] = config_text_read,
    [FMT_MARKDOWN] = config_markdown_read,
    /* media */
    [FMT_IMAGE] = image_read,
    [FMT_HTML] = html_read,
    [FMT_XML] = xml_read,
    [FMT_SVG] = xml_read,
    [FMT_SQLITE] = sqlite_read,
    [FMT_TFRECORD] = tfrecord_read,
    [FMT_REQUIREMENTS] = requirements_read,
    [FMT_LOCK] = lock_read,
    /* datasets and other files in text */
    [FMT_CSV] = csv_read,
    [FMT_JSONL] = jsonl_read,
    [FMT_NOTEBOOK] = notebook_read,
    [FMT_SCRIPT] = script_read,
    [FMT_PYTHON] = python_read,
    /* code and configuration */
    [FMT_YAML] = yaml_read,
    [FMT_TOML] = toml_read,
    [FMT_INI] = ini_read,
    [FMT_DOCKERFILE] = dockerfile_read,
    [FMT_SHELL] = shell_read,
};

reader_fn *reader_of(enum format f)
{
    return f < FMT_COUNT ? readers[f] : NULL;
}
