/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crc32c.h"
#include "base/cpu.h"

/* Four bits at a time: 64 bytes of table are enough for processors without the instruction. */
static const uint32_t nibbles[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static uint32_t by_table(uint32_t crc, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        crc ^= s.p[i];
        crc = crc >> 4 ^ nibbles[crc & 15];
        crc = crc >> 4 ^ nibbles[crc & 15];
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t by_processor(uint32_t crc, struct slice s)
{
    uint64_t c = crc;
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t word;
        memcpy(&word, &s.p[i], 8);
        c = __builtin_ia32_crc32di(c, word);
    }
    for (; i < s.n; i++) c = __builtin_ia32_crc32qi((uint32_t)c, s.p[i]);
    return (uint32_t)c;
}
#endif

uint32_t crc32c_add(uint32_t before, struct slice s)
{
#if defined(__x86_64__)
    if (cpu_sse42()) return ~by_processor(~before, s);
#endif
    return ~by_table(~before, s);
}
