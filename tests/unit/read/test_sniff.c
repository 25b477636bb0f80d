/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "base/buf.h"
#include "base/st.h"
#include "read/readers.h"
#include "make_zip.h"
#include "packed_bytes.h"

static enum format first(struct slice bytes, const char *name)
{
    enum format as[SNIFF_MAX] = {FMT_UNKNOWN};
    size_t n = sniff(bytes, slice_str(name), as);
    return n ? as[0] : FMT_UNKNOWN;
}

static const struct {
    enum format format;
    const char *name;
    struct slice bytes;
} rows[] = {
#define ROW(f, name, lit)                           \
    {                                               \
        f, name,                                    \
        {                                           \
            (const uint8_t *)(lit), sizeof(lit) - 1 \
        }                                           \
    }
    ROW(FMT_GGUF, "x", "GGUF\3\0\0\0"),
    ROW(FMT_GGML, "x", "tjgg\3\0\0\0"),
    ROW(FMT_NPY, "x.bin", "\x93NUMPY\1\0"),
    ROW(FMT_PICKLE, "x.jpg", "\x80\4\x95\0\0\0\0\0\0\0\0."),
    ROW(FMT_SAFETENSORS, "x", "\x02\0\0\0\0\0\0\0{}"),
    ROW(FMT_HDF5, "x", "\x89HDF\r\n\x1a\n"),
    ROW(FMT_TFLITE, "x", "\x1c\0\0\0TFL3"),
    ROW(FMT_SAVEDMODEL, "x", "\x08\x01\x12\x02hi"),
    ROW(FMT_ONNX, "x", "\x08\x07\x3a\x01g\x42\x01o"),
    ROW(FMT_PDF, "x", "%PDF-1.7"),
    ROW(FMT_IMAGE, "x.pkl", "\x89PNG\r\n\x1a\n"),
    ROW(FMT_RAR, "x", "Rar!\x1a\x07\x01\x00"),
    ROW(FMT_ELF, "x",
        "\x7f"
        "ELF\2\1\1"),
    ROW(FMT_SHELL, "x", "#!/bin/sh\nid\n"),
    ROW(FMT_JSON, "x", "{\"a\": [1, 2]}"),
    ROW(FMT_JSON, "config.json", " "),
    ROW(FMT_JSON, "x", "[1, 2, {\"a\": NaN}]\n[3]"),
    ROW(FMT_JSON, "x", "[{\"cut\": \"in a str"),
    ROW(FMT_JSON, "x.json", "[2024-01-01 12:00:01] no JSON at all"),
    ROW(FMT_TEXT, "x.log", "[2024-01-01 12:00:01] INFO started\n[2024-01-01 12:00:02] INFO done\n"),
    ROW(FMT_TEXT, "x", "[1] Smith et al.\n[2] Doe\n"),
    ROW(FMT_TEXT, "x", "[[Link]] to a page"),
    ROW(FMT_MARKDOWN, "x.md", "[0] hello\n"),
    ROW(FMT_JSONL, "x", "{\"a\": 1}\n{\"a\": 2}\n"),
    ROW(FMT_NOTEBOOK, "x.ipynb", "{\"cells\": []}"),
    ROW(FMT_TEXT, "x", "hello\n"),
    ROW(FMT_TEXT, "x", "\xff\xfeh\0i\0"),
    ROW(FMT_JINJA, "chat_template.jinja", "{{ messages }}"),
    ROW(FMT_MARKDOWN, "README.md", "# Title"),
    ROW(FMT_CSV, "x.csv", "a,b\n1,2\n"),
    ROW(FMT_UNKNOWN, "x.csv", "a,b\0\1,2\n"),
    ROW(FMT_UNKNOWN, "x", "\x78\x9c\xff\xff\xff\xff\xff\xff"), /* a zlib header, no zlib stream */
    ROW(FMT_UNKNOWN, "x",
        "BZh9 is not enough"
        "\0"),
    ROW(FMT_UNKNOWN, "x", ""),
#undef ROW
};

static void bytes_decide(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum format f = first(rows[i].bytes, rows[i].name);
        if (f != rows[i].format)
            print_error("row %zu: %s, not %s\n", i, format_name(f), format_name(rows[i].format));
        assert_int_equal(f, rows[i].format);
    }
}

static void weak_magic_needs_a_stream(void **state)
{
    (void)state;
    assert_int_equal(first(slice_of(packed_zlib, sizeof packed_zlib), "x.pkl"), FMT_ZLIB);
    assert_int_equal(first(slice_of(packed_lzma, sizeof packed_lzma), "x"), FMT_LZMA);
}

/* An archive behind other bytes is a second reading; one inside a tar member is not. */
static void an_archive_behind(void **state)
{
    (void)state;
    struct zip_part part = zip_stored("a.txt", S("hello"));
    enum format as[SNIFF_MAX];
    struct buf b;
    buf_init(&b, 4096);
    buf_add(&b, S("\x80\2}q\0."));
    zip_put(&b, &part, 1, 0);
    assert_int_equal(sniff(buf_slice(&b), S("m.pt"), as), 2);
    assert_int_equal(as[0], FMT_PICKLE);
    assert_int_equal(as[1], FMT_ZIP);
    buf_fill(&b, 0, 512);
    assert_int_equal(sniff(buf_slice(&b), S("m.pt"), as), 1);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_decide),
        cmocka_unit_test(weak_magic_needs_a_stream),
        cmocka_unit_test(an_archive_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
