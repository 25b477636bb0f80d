/* SPDX-License-Identifier: Apache-2.0 */
#include "read/format.h"
#include "base/st.h"

struct format_row {
    const char *name;
    enum format_family family;
};

static const struct format_row formats[FMT_COUNT] = {
    [FMT_UNKNOWN] = {"unknown", FAM_NONE},
    [FMT_PICKLE] = {"pickle", FAM_MODEL},
    [FMT_TORCH_ZIP] = {"pytorch", FAM_MODEL},
    [FMT_TORCH_LEGACY] = {"pytorch-legacy", FAM_MODEL},
    [FMT_TORCH_TAR] = {"pytorch-tar", FAM_MODEL},
    [FMT_TORCHSCRIPT] = {"torchscript", FAM_MODEL},
    [FMT_TORCH_PACKAGE] = {"torch-package", FAM_MODEL},
    [FMT_JOBLIB] = {"joblib", FAM_MODEL},
    [FMT_NPY] = {"npy", FAM_MODEL},
    [FMT_NPZ] = {"npz", FAM_MODEL},
    [FMT_SAFETENSORS] = {"safetensors", FAM_MODEL},
    [FMT_GGUF] = {"gguf", FAM_MODEL},
    [FMT_GGML] = {"ggml", FAM_MODEL},
    [FMT_ZIP] = {"zip", FAM_CONTAINER},
    [FMT_TAR] = {"tar", FAM_CONTAINER},
    [FMT_GZIP] = {"gzip", FAM_CONTAINER},
    [FMT_BZIP2] = {"bzip2", FAM_CONTAINER},
    [FMT_XZ] = {"xz", FAM_CONTAINER},
    [FMT_LZMA] = {"lzma", FAM_CONTAINER},
    [FMT_ZLIB] = {"zlib", FAM_CONTAINER},
    [FMT_ZSTD] = {"zstd", FAM_CONTAINER},
    [FMT_LZ4] = {"lz4", FAM_CONTAINER},
    [FMT_SEVENZ] = {"7z", FAM_CONTAINER},
    [FMT_JINJA] = {"jinja", FAM_CONFIG},
    [FMT_JSON] = {"json", FAM_CONFIG},
    [FMT_MARKDOWN] = {"markdown", FAM_OTHER},
    [FMT_HDF5] = {"hdf5", FAM_MODEL},
    [FMT_ONNX] = {"onnx", FAM_MODEL},
    [FMT_TFLITE] = {"tflite", FAM_MODEL},
    [FMT_SAVEDMODEL] = {"savedmodel", FAM_MODEL},
    [FMT_KERAS] = {"keras", FAM_MODEL},
    [FMT_RAR] = {"rar", FAM_CONTAINER},
    [FMT_CAB] = {"cab", FAM_CONTAINER},
    [FMT_PARQUET] = {"parquet", FAM_DATASET},
    [FMT_ARROW] = {"arrow", FAM_DATASET},
    [FMT_SQLITE] = {"sqlite", FAM_DATASET},
    [FMT_TFRECORD] = {"tfrecord", FAM_DATASET},
    [FMT_AVRO] = {"avro", FAM_DATASET},
    [FMT_ORC] = {"orc", FAM_DATASET},
    [FMT_RDS] = {"rds", FAM_MODEL},
    [FMT_ELF] = {"elf", FAM_OTHER},
    [FMT_PE] = {"pe", FAM_OTHER},
    [FMT_MACHO] = {"mach-o", FAM_OTHER},
    [FMT_SCRIPT] = {"script", FAM_CODE},
    [FMT_PYTHON] = {"python", FAM_CODE},
    [FMT_NOTEBOOK] = {"notebook", FAM_NOTEBOOK},
    [FMT_TEXT] = {"text", FAM_OTHER},
    [FMT_HTML] = {"html", FAM_OTHER},
    [FMT_XML] = {"xml", FAM_OTHER},
    [FMT_SVG] = {"svg", FAM_OTHER},
    [FMT_CSV] = {"csv", FAM_DATASET},
    [FMT_JSONL] = {"jsonl", FAM_DATASET},
    [FMT_IMAGE] = {"image", FAM_OTHER},
    [FMT_AUDIO] = {"audio", FAM_OTHER},
    [FMT_PDF] = {"pdf", FAM_OTHER},
    [FMT_YAML] = {"yaml", FAM_SETTINGS},
    [FMT_TOML] = {"toml", FAM_SETTINGS},
    [FMT_INI] = {"ini", FAM_SETTINGS},
    [FMT_DOCKERFILE] = {"dockerfile", FAM_SETTINGS},
    [FMT_SHELL] = {"shell", FAM_CODE},
    [FMT_REQUIREMENTS] = {"requirements", FAM_DEPENDENCIES},
    [FMT_LOCK] = {"lock", FAM_DEPENDENCIES},
    [FMT_RAW] = {"raw", FAM_OTHER},
};

const char *format_name(enum format f)
{
    return f < FMT_COUNT && formats[f].name ? formats[f].name : "unknown";
}

enum format_family format_family(enum format f)
{
    return f < FMT_COUNT ? formats[f].family : FAM_NONE;
}

#define PICKLES FMT_PICKLE, FMT_JOBLIB, FMT_ZLIB, FMT_GZIP, FMT_BZIP2, FMT_XZ, FMT_LZMA, FMT_LZ4
#define TORCHES \
    FMT_TORCH_ZIP, FMT_TORCH_LEGACY, FMT_TORCH_TAR, FMT_TORCHSCRIPT, FMT_TORCH_PACKAGE, FMT_PICKLE

static const struct suffix_rule suffixes[] = {
    {".pkl", FAM_MODEL, {PICKLES}},
    {".pickle", FAM_MODEL, {PICKLES}},
    {".p", FAM_NONE, {FMT_UNKNOWN}},
    {".pk", FAM_MODEL, {PICKLES}},
    {".joblib", FAM_MODEL, {PICKLES}},
    {".dill", FAM_MODEL, {PICKLES}},
    {".cloudpickle", FAM_MODEL, {PICKLES}},
    {".bin", FAM_NONE, {FMT_UNKNOWN}},
    {".dat", FAM_NONE, {FMT_UNKNOWN}},
    {".data", FAM_NONE, {FMT_UNKNOWN}},
    {".pt", FAM_MODEL, {TORCHES}},
    {".pth", FAM_MODEL, {TORCHES}},
    {".ckpt", FAM_MODEL, {TORCHES, FMT_HDF5, FMT_SAFETENSORS}},
    {".ptl", FAM_MODEL, {TORCHES}},
    {".torchscript", FAM_MODEL, {TORCHES}},
    {"pytorch_model.bin", FAM_MODEL, {TORCHES}},
    {"adapter_model.bin", FAM_MODEL, {TORCHES}},
    {"training_args.bin", FAM_MODEL, {TORCHES}},
    {"optimizer.bin", FAM_MODEL, {TORCHES}},
    {"scheduler.bin", FAM_MODEL, {TORCHES}},
    {".npy", FAM_MODEL, {FMT_NPY}},
    {".npz", FAM_MODEL, {FMT_NPZ, FMT_ZIP}},
    {".safetensors", FAM_MODEL, {FMT_SAFETENSORS}},
    {".gguf", FAM_MODEL, {FMT_GGUF}},
    {".ggml", FAM_MODEL, {FMT_GGML}},
    {".h5", FAM_MODEL, {FMT_HDF5}},
    {".hdf5", FAM_MODEL, {FMT_HDF5}},
    {".keras", FAM_MODEL, {FMT_KERAS, FMT_HDF5, FMT_ZIP}},
    {".onnx", FAM_MODEL, {FMT_ONNX}},
    {".tflite", FAM_MODEL, {FMT_TFLITE}},
    {"saved_model.pb", FAM_MODEL, {FMT_SAVEDMODEL}},
    /* models that nothing reads yet: their bytes are said to be unknown */
    {".pb", FAM_MODEL, {FMT_SAVEDMODEL, FMT_ONNX}},
    {".mlmodel", FAM_MODEL, {FMT_UNKNOWN}},
    {".caffemodel", FAM_MODEL, {FMT_UNKNOWN}},
    {".pdmodel", FAM_MODEL, {FMT_UNKNOWN}},
    {".pdiparams", FAM_MODEL, {FMT_UNKNOWN}},
    {".engine", FAM_MODEL, {FMT_UNKNOWN}},
    {".trt", FAM_MODEL, {FMT_UNKNOWN}},
    {".pte", FAM_MODEL, {FMT_UNKNOWN}},
    {".cntk", FAM_MODEL, {FMT_UNKNOWN}},
    {".cbm", FAM_MODEL, {FMT_UNKNOWN}},
    {".t7", FAM_MODEL, {FMT_UNKNOWN}},
    {"flax_model.msgpack", FAM_MODEL, {FMT_UNKNOWN}},
    {".pdparams", FAM_MODEL, {PICKLES}},
    {".pdopt", FAM_MODEL, {PICKLES}},
    {".skops", FAM_MODEL, {FMT_ZIP}},
    {".rds", FAM_MODEL, {FMT_RDS, FMT_GZIP, FMT_BZIP2, FMT_XZ}},
    {".mar", FAM_MODEL, {FMT_ZIP, FMT_TAR, FMT_GZIP}},
    {".nemo", FAM_MODEL, {FMT_TAR, FMT_GZIP}},
    {".zip", FAM_CONTAINER, {FMT_ZIP}},
    {".pth.tar", FAM_MODEL, {TORCHES}},
    {".pt.tar", FAM_MODEL, {TORCHES}},
    {".ckpt.tar", FAM_MODEL, {TORCHES}},
    {".tar", FAM_CONTAINER, {FMT_TAR}},
    {".tgz", FAM_CONTAINER, {FMT_GZIP}},
    {".gz", FAM_CONTAINER, {FMT_GZIP}},
    {".bz2", FAM_CONTAINER, {FMT_BZIP2}},
    {".xz", FAM_CONTAINER, {FMT_XZ}},
    {".lzma", FAM_CONTAINER, {FMT_LZMA}},
    {".zst", FAM_CONTAINER, {FMT_ZSTD}},
    {".lz4", FAM_CONTAINER, {FMT_LZ4}},
    {".7z", FAM_CONTAINER, {FMT_SEVENZ}},
    {".rar", FAM_CONTAINER, {FMT_RAR}},
    {".cab", FAM_CONTAINER, {FMT_CAB}},
    {".z", FAM_CONTAINER, {FMT_ZLIB}},
    {".zlib", FAM_CONTAINER, {FMT_ZLIB}},
    /* no reader: bytes of no known format are said to be so */
    {".lz", FAM_CONTAINER, {FMT_UNKNOWN}},
    {".lzo", FAM_CONTAINER, {FMT_UNKNOWN}},
    {".br", FAM_CONTAINER, {FMT_UNKNOWN}},
    {".arj", FAM_CONTAINER, {FMT_UNKNOWN}},
    {".ace", FAM_CONTAINER, {FMT_UNKNOWN}},
    {".jinja", FAM_CONFIG, {FMT_JINJA}},
    {".jinja2", FAM_CONFIG, {FMT_JINJA}},
    {".j2", FAM_CONFIG, {FMT_JINJA}},
    {".json", FAM_CONFIG, {FMT_JSON}},
    {"MLmodel", FAM_CONFIG, {FMT_TEXT}},
    {".py", FAM_CODE, {FMT_PYTHON, FMT_TEXT, FMT_SCRIPT}},
    {".pyi", FAM_CODE, {FMT_PYTHON, FMT_TEXT, FMT_SCRIPT}},
    {".pyw", FAM_CODE, {FMT_PYTHON, FMT_TEXT, FMT_SCRIPT}},
    {".ipynb", FAM_NOTEBOOK, {FMT_NOTEBOOK, FMT_JSON}},
    {".csv", FAM_DATASET, {FMT_CSV, FMT_TEXT}},
    {".tsv", FAM_DATASET, {FMT_CSV, FMT_TEXT}},
    {".tab", FAM_DATASET, {FMT_CSV, FMT_TEXT}},
    {".psv", FAM_DATASET, {FMT_CSV, FMT_TEXT}},
    {".jsonl", FAM_DATASET, {FMT_JSONL, FMT_TEXT, FMT_JSON}},
    {".ndjson", FAM_DATASET, {FMT_JSONL, FMT_TEXT, FMT_JSON}},
    {".parquet", FAM_DATASET, {FMT_PARQUET}},
    {".pq", FAM_DATASET, {FMT_PARQUET}},
    {".arrow", FAM_DATASET, {FMT_ARROW}},
    {".arrows", FAM_DATASET, {FMT_ARROW}},
    {".avro", FAM_DATASET, {FMT_AVRO}},
    {".orc", FAM_DATASET, {FMT_ORC}},
    {".feather", FAM_DATASET, {FMT_ARROW}},
    {".sqlite", FAM_DATASET, {FMT_SQLITE}},
    {".tfrecord", FAM_DATASET, {FMT_TFRECORD}},
    {".tfrecords", FAM_DATASET, {FMT_TFRECORD}},
    {".tfrec", FAM_DATASET, {FMT_TFRECORD}},
    {".sqlite3", FAM_DATASET, {FMT_SQLITE}},
    {".db", FAM_DATASET, {FMT_UNKNOWN}},
    {".db3", FAM_DATASET, {FMT_UNKNOWN}},
    {".md", FAM_OTHER, {FMT_MARKDOWN, FMT_TEXT}},
    {".png", FAM_OTHER, {FMT_IMAGE}},
    {".jpg", FAM_OTHER, {FMT_IMAGE}},
    {".jpeg", FAM_OTHER, {FMT_IMAGE}},
    {".gif", FAM_OTHER, {FMT_IMAGE}},
    {".txt", FAM_OTHER, {FMT_TEXT, FMT_REQUIREMENTS}},
    {"package-lock.json", FAM_DEPENDENCIES, {FMT_LOCK}},
    {".html", FAM_OTHER, {FMT_HTML, FMT_TEXT}},
    {".htm", FAM_OTHER, {FMT_HTML, FMT_TEXT}},
    {".xml", FAM_OTHER, {FMT_XML, FMT_SVG, FMT_HTML, FMT_TEXT}},
    {".svg", FAM_OTHER, {FMT_SVG, FMT_TEXT}},
};

const struct suffix_rule *suffix_find(struct slice name)
{
    const struct suffix_rule *best = NULL;
    for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
        struct slice suffix = slice_str(suffixes[i].suffix);
        if (!slice_ends_nocase(name, suffix)) continue;
        if (!best || suffix.n > strlen(best->suffix)) best = &suffixes[i];
    }
    return best;
}

bool suffix_allows(const struct suffix_rule *rule, enum format f)
{
    if (rule->formats[0] == FMT_UNKNOWN) return true;
    for (size_t i = 0; i < COUNT_OF(rule->formats) && rule->formats[i]; i++)
        if (rule->formats[i] == f) return true;
    return false;
}
