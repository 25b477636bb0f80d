/* SPDX-License-Identifier: Apache-2.0 */
/* sniff_shapes.h - formats that have no magic number worth the name.
 * Threads: pure functions.   Fails: never; false = it is not that. */
#pragma once
#include "base/slice.h"

#define SHAPE_HEAD ((size_t)8 << 10)

struct shape_input {
    struct slice bytes;
    struct slice head; /* the first SHAPE_HEAD of them */
    struct slice name;
    bool known; /* an earlier row has fitted */
};

typedef bool shape_fn(const struct shape_input *in);

/* sniff_shapes.c */
shape_fn shape_tar, shape_bzip2, shape_zstd_skippable, shape_pickle, shape_torch_legacy,
    shape_arrow, shape_orc, shape_safetensors, shape_zlib, shape_lzma, shape_pe, shape_bmp,
    shape_tfrecord, shape_zip_behind;
/* sniff_protobuf.c */
shape_fn shape_savedmodel, shape_onnx;
/* sniff_text.c */
shape_fn shape_is_text, shape_markup, shape_script, shape_jinja, shape_notebook, shape_jsonl,
    shape_json, shape_python, shape_markdown, shape_html, shape_svg, shape_xml, shape_csv,
    shape_any_text;
/* sniff_code.c */
shape_fn shape_shell, shape_dockerfile, shape_yaml, shape_toml, shape_ini;
/* sniff_packages.c */
shape_fn shape_requirements, shape_lock;
/* The character set of a text in UTF-16 or UTF-32; NULL: another one. */
struct charset;
const struct charset *shape_charset(const struct shape_input *in);
