/* SPDX-License-Identifier: Apache-2.0 */
#include "port/utf8proc/unfold.h"
#include <utf8proc.h>

size_t unfold(uint32_t code, uint32_t ret_codes[UNFOLD_MAX])
{
    utf8proc_int32_t out[UNFOLD_MAX];
    int boundary = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)code, out, UNFOLD_MAX,
                                                 UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE, &boundary);
    if (n < 1 || n > (utf8proc_ssize_t)UNFOLD_MAX) {
        ret_codes[0] = code;
        return 1;
    }
    for (utf8proc_ssize_t i = 0; i < n; i++) ret_codes[i] = (uint32_t)out[i];
    return (size_t)n;
}

uint32_t lower_case(uint32_t code)
{
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
}
