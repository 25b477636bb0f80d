/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_stores.c - records of stores: pointers, DVC's files and lists, download records, manifests
 * of blobs, MLflow's papers. Names decide how those are read, so the length of the input chooses
 * one where the bytes do not. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {
        "rows.csv.dvc", "dvc.lock", "MLmodel", "meta.yaml", "x.metadata", "main",
    };
    struct slice bytes = slice_of(data, size);
    if (slice_starts(bytes, S("{")))
        fuzz_read(FMT_JSON, size % 2 ? "index.json" : "latest", bytes);
    else if (slice_starts(bytes, S("[")))
        fuzz_read(FMT_JSON, "0a6f2b24a210e0b5e32e2a90c75930.dir", bytes);
    else if (slice_starts(bytes, S("version ")))
        fuzz_read(FMT_TEXT, "model.safetensors", bytes);
    else
        fuzz_read(FMT_TEXT, names[size % (sizeof names / sizeof *names)], bytes);
    return 0;
}
