/* SPDX-License-Identifier: Apache-2.0 */
/* layouts.c - which models are made of a ZIP archive, and who reads them. */
#include "read/archive/zip.h"
#include "read/model/numpy.h"
#include "read/model/torch.h"

static zip_layout_fn *const layouts[FMT_COUNT] = {
    [FMT_NPZ] = npz_read,
    [FMT_TORCH_ZIP] = torch_zip_read,
    [FMT_TORCHSCRIPT] = torch_zip_read,
    [FMT_TORCH_PACKAGE] = torch_zip_read,
};

zip_layout_fn *zip_layout_of(enum format layout)
{
    return layout < FMT_COUNT ? layouts[layout] : NULL;
}
