/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_papers.c - what lies beside a dataset: cards, manifests, DVC's files, loading scripts, lists
 * of addresses. Names decide how those are read, so the length of the input chooses one. */
#include "fuzz.h"

static const struct {
    enum format format;
    const char *name;
} papers[] = {
    {FMT_TEXT, "train.csv.dvc"}, {FMT_TEXT, "dvc.lock"}, {FMT_TEXT, ".dvc/config"},
    {FMT_PYTHON, "rows.py"},     {FMT_TEXT, "urls.txt"}, {FMT_CSV, "urls.csv"},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_of(data, size);
    size_t i = size % (sizeof papers / sizeof *papers);
    if (slice_starts(bytes, S("{")))
        fuzz_read(FMT_JSON, size % 2 ? "dataset_infos.json" : "croissant.json", bytes);
    else if (slice_starts(bytes, S("---")))
        fuzz_read(FMT_MARKDOWN, "README.md", bytes);
    else
        fuzz_read(papers[i].format, papers[i].name, bytes);
    return 0;
}
