/* SPDX-License-Identifier: Apache-2.0 */
#include "read/model/ggml_type.h"
#include "base/num.h"
#include "base/st.h"

static const struct ggml_type types[] = {
    [0] = {"F32", 1, 4, DT_F32},
    [1] = {"F16", 1, 2, DT_F16},
    [2] = {"Q4_0", 32, 18, DT_QUANTISED},
    [3] = {"Q4_1", 32, 20, DT_QUANTISED},
    [6] = {"Q5_0", 32, 22, DT_QUANTISED},
    [7] = {"Q5_1", 32, 24, DT_QUANTISED},
    [8] = {"Q8_0", 32, 34, DT_QUANTISED},
    [9] = {"Q8_1", 32, 36, DT_QUANTISED},
    [10] = {"Q2_K", 256, 84, DT_QUANTISED},
    [11] = {"Q3_K", 256, 110, DT_QUANTISED},
    [12] = {"Q4_K", 256, 144, DT_QUANTISED},
    [13] = {"Q5_K", 256, 176, DT_QUANTISED},
    [14] = {"Q6_K", 256, 210, DT_QUANTISED},
    [15] = {"Q8_K", 256, 292, DT_QUANTISED},
    [16] = {"IQ2_XXS", 256, 66, DT_QUANTISED},
    [17] = {"IQ2_XS", 256, 74, DT_QUANTISED},
    [18] = {"IQ3_XXS", 256, 98, DT_QUANTISED},
    [19] = {"IQ1_S", 256, 50, DT_QUANTISED},
    [20] = {"IQ4_NL", 32, 18, DT_QUANTISED},
    [21] = {"IQ3_S", 256, 110, DT_QUANTISED},
    [22] = {"IQ2_S", 256, 82, DT_QUANTISED},
    [23] = {"IQ4_XS", 256, 136, DT_QUANTISED},
    [24] = {"I8", 1, 1, DT_I8},
    [25] = {"I16", 1, 2, DT_I16},
    [26] = {"I32", 1, 4, DT_I32},
    [27] = {"I64", 1, 8, DT_I64},
    [28] = {"F64", 1, 8, DT_F64},
    [29] = {"IQ1_M", 256, 56, DT_QUANTISED},
    [30] = {"BF16", 1, 2, DT_BF16},
    /* repacked forms that were written for a while */
    [31] = {"Q4_0_4_4", 32, 18, DT_QUANTISED},
    [32] = {"Q4_0_4_8", 32, 18, DT_QUANTISED},
    [33] = {"Q4_0_8_8", 32, 18, DT_QUANTISED},
    [34] = {"TQ1_0", 256, 54, DT_QUANTISED},
    [35] = {"TQ2_0", 256, 66, DT_QUANTISED},
    [36] = {"IQ4_NL_4_4", 32, 18, DT_QUANTISED},
    [37] = {"IQ4_NL_4_8", 32, 18, DT_QUANTISED},
    [38] = {"IQ4_NL_8_8", 32, 18, DT_QUANTISED},
    [39] = {"MXFP4", 32, 17, DT_QUANTISED},
    [40] = {"NVFP4", 64, 36, DT_QUANTISED},
    [41] = {"Q1_0", 128, 18, DT_QUANTISED},
};

static const char *const file_types[] = {
    [0] = "F32",     [1] = "F16",      [2] = "Q4_0",     [3] = "Q4_1",    [4] = "Q4_1 with F16",
    [7] = "Q8_0",    [8] = "Q5_0",     [9] = "Q5_1",     [10] = "Q2_K",   [11] = "Q3_K_S",
    [12] = "Q3_K_M", [13] = "Q3_K_L",  [14] = "Q4_K_S",  [15] = "Q4_K_M", [16] = "Q5_K_S",
    [17] = "Q5_K_M", [18] = "Q6_K",    [19] = "IQ2_XXS", [20] = "IQ2_XS", [21] = "Q2_K_S",
    [22] = "IQ3_XS", [23] = "IQ3_XXS", [24] = "IQ1_S",   [25] = "IQ4_NL", [26] = "IQ3_S",
    [27] = "IQ3_M",  [28] = "IQ2_S",   [29] = "IQ2_M",   [30] = "IQ4_XS", [31] = "IQ1_M",
    [32] = "BF16",   [36] = "TQ1_0",   [37] = "TQ2_0",   [38] = "MXFP4",  [39] = "NVFP4",
};

const struct ggml_type *ggml_type_of(uint64_t type)
{
    return type < COUNT_OF(types) && types[type].name ? &types[type] : NULL;
}

bool ggml_type_size(const struct ggml_type *t, const uint64_t *dims, size_t rank,
                    uint64_t *ret_elements, uint64_t *ret_bytes)
{
    uint64_t elements = 1, bytes;
    for (size_t i = 0; i < rank; i++)
        if (dims[i] > INT64_MAX || !num_mul(elements, dims[i], &elements)) return false;
    if (rank && dims[0] % t->block) return false;
    if (!num_mul(elements / t->block, t->bytes, &bytes)) return false;
    if (elements > INT64_MAX || bytes > INT64_MAX) return false;
    *ret_elements = elements;
    *ret_bytes = bytes;
    return true;
}

const char *ggml_file_type(uint64_t type)
{
    return type < COUNT_OF(file_types) ? file_types[type] : NULL;
}
