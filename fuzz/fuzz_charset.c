/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_charset.c - character sets: the guess, and recoding piece by piece, which must not depend on
 * where the pieces end, nor make anything but UTF-8. */
#include "fuzz.h"
#include "base/utf8.h"
#include "codec/charset.h"
#include <stdlib.h>

static const char *const names[] = {"utf-16le",     "utf-16be", "utf-32le", "utf-32be",
                                    "windows-1251", "koi8-r",   "cp437",    "shift_jis",
                                    "euc-jp",       "gb18030",  "big5",     "euc-kr"};

static size_t recode(const struct charset *c, struct slice in, size_t piece, uint8_t *out)
{
    size_t at = 0, made = 0;
    while (at < in.n) made += charset_utf8(c, in, &at, &out[made], piece);
    return made;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = slice_of(data, size);
    bool sure;
    (void)charset_guess(in, &sure);
    (void)charset_wide(slice_sub(in, 0, size & ~(size_t)3));
    if (size > 4096) return 0;
    uint8_t *whole = malloc(3 * size + 64), *pieces = malloc(3 * size + 64);
    for (size_t i = 0; whole && pieces && i < sizeof names / sizeof *names; i++) {
        const struct charset *c = charset_find(slice_str(names[i]));
        size_t n = recode(c, in, 3 * size + 64, whole), m = recode(c, in, 16 + size % 32, pieces);
        if (n != m || memcmp(whole, pieces, n) != 0 || !utf8_valid(slice_of(whole, n))) abort();
        size_t at = 0;
        if (charset_skip(c, in, &at, n) != n || at != size) abort();
    }
    free(whole);
    free(pieces);
    fuzz_read(FMT_CSV, "a.csv", in);
    return 0;
}
