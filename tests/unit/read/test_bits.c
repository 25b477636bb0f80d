/* SPDX-License-Identifier: Apache-2.0 */
/* The forms for one processor or another tell the same bits: their static functions are compared by
 * including the file. */
#include "../test.h"
#include "read/text/bits.c"

#define BLOCKS 6u

static void fill(uint8_t *p, size_t n, uint32_t seed)
{
    static const char usual[] = "{}[]:,\"\\ \t\n\r0123456789az;\x7f\x80\xff\x1a\x01";
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        p[i] = seed >> 30 ? (uint8_t)usual[(seed >> 8) % sizeof usual] : (uint8_t)(seed >> 16);
    }
}

static void json_forms(void **state)
{
    uint8_t text[BLOCKS * 64];
    struct json_bits narrow[BLOCKS], wide[BLOCKS];
    (void)state;
    for (unsigned i = 0; i < sizeof text; i++) text[i] = (uint8_t)i;
    for (uint32_t round = 0; round < 500; round++) {
        json_narrow(text, BLOCKS, narrow);
        if (cpu_avx2()) json_wide(text, BLOCKS, wide);
        if (cpu_avx2()) assert_memory_equal(narrow, wide, sizeof wide);
        if (cpu_avx512()) json_whole(text, BLOCKS, wide);
        if (cpu_avx512()) assert_memory_equal(narrow, wide, sizeof wide);
        fill(text, sizeof text, round);
    }
}

static void csv_forms(void **state)
{
    uint8_t text[BLOCKS * 64];
    struct csv_bits narrow[BLOCKS], wide[BLOCKS];
    (void)state;
    for (uint32_t round = 0; round < 500; round++) {
        fill(text, sizeof text, round);
        csv_narrow(text, BLOCKS, '"', ';', narrow);
        if (cpu_avx2()) csv_wide(text, BLOCKS, '"', ';', wide);
        if (cpu_avx2()) assert_memory_equal(narrow, wide, sizeof wide);
        if (cpu_avx512()) csv_whole(text, BLOCKS, '"', ';', wide);
        if (cpu_avx512()) assert_memory_equal(narrow, wide, sizeof wide);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(json_forms), cmocka_unit_test(csv_forms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
