/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_manifest.c - manifests, and the packages that they name: the first byte says which. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        enum format format;
        const char *name;
    } files[] = {{FMT_TOML, "pyproject.toml"},  {FMT_TOML, "Pipfile"},
                 {FMT_INI, "setup.cfg"},        {FMT_INI, "pip.conf"},
                 {FMT_YAML, "environment.yml"}, {FMT_JSON, "package.json"},
                 {FMT_PYTHON, "setup.py"}};
    if (!size) return 0;
    size_t i = data[0] % (sizeof files / sizeof *files);
    fuzz_read(files[i].format, files[i].name, slice_of(data + 1, size - 1));
    return 0;
}
