/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_lock.c - locks and the packages that they hold: the first byte says whose. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"poetry.lock",    "uv.lock",           "pylock.toml",
                                        "Pipfile.lock",   "package-lock.json", "conda-lock.yml",
                                        "conda-osx.lock", "pdm.lock"};
    if (!size) return 0;
    fuzz_read(FMT_LOCK, names[data[0] % 8], slice_of(data + 1, size - 1));
    return 0;
}
