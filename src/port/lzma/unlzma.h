/* SPDX-License-Identifier: Apache-2.0 */
/* unlzma.h - xz, lzma alone and the raw coders of 7z, by liblzma. See port/decoder.h.
 * The properties of unlzma_raw are the 5 bytes of LZMA. Those of unlzma_chain are the unpacked
 * size, u64le, and a list of filters, the packed side last: kind u8 (enum lzma_part) | length u8 |
 * properties of that length */
#pragma once
#include "port/decoder.h"

enum lzma_part {
    LZMA_PART_1,
    LZMA_PART_2,
    LZMA_PART_X86,
    LZMA_PART_POWERPC,
    LZMA_PART_IA64,
    LZMA_PART_ARM,
    LZMA_PART_ARMTHUMB,
    LZMA_PART_SPARC,
    LZMA_PART_DELTA,
    LZMA_PARTS,
};

extern const struct decoder unlzma_xz, unlzma_alone, unlzma_raw, unlzma_chain;
