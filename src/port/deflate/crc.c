/* SPDX-License-Identifier: Apache-2.0 */
#include "port/deflate/crc.h"
#include <libdeflate.h>

uint32_t crc32_add(uint32_t before, struct slice s)
{
    return s.n ? libdeflate_crc32(before, s.p, s.n) : before;
}
