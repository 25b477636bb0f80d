/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/blob.h"
#include "detect/judge.h"

size_t blob_find_executables(struct slice bytes, uint64_t from, uint64_t to, struct blob_hit *hits,
                             size_t room)
{
    struct slice part = slice_sub(bytes, (size_t)from, 4);
    if (to <= from || !room ||
        !slice_eq(part, S("\x7f"
                          "ELF")))
        return 0;
    hits[0] = (struct blob_hit){FMT_ELF, from, "program"};
    return 1;
}

void judge_blob(struct judge *j, const struct reading *r, const struct event *ev)
{
    (void)j;
    (void)r;
    (void)ev;
}
