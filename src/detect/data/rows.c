/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c - tables, blocks of text and values: what the engine finds in them becomes findings. */
#include "detect/judge.h"

void judge_data(struct judge *j, const struct reading *r, const struct event *ev)
{
    (void)j;
    (void)r;
    (void)ev;
}
