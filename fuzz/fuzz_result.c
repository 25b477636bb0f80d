/* SPDX-License-Identifier: Apache-2.0 */
/* A result file from anywhere: whatever is taken can be written in every format. */
#include "base/buf.h"
#include "report/load.h"
#include "report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct result r;
    struct buf out;
    struct slice error;
    arena_init(&a, 16u << 20, 1u << 16);
    buf_init(&out, 16u << 20);
    if (report_load(&a, slice_of(data, size), &r, &error) == ST_OK)
        for (size_t i = 0; i < report_count(); i++) {
            buf_reset(&out);
            report_at(i)->write(&out, &r, &(struct report_style){.width = 80, .all = true});
        }
    buf_done(&out);
    arena_done(&a);
    return 0;
}
