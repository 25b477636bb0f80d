/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/judge.h"

void judge_notebook(struct judge *j, const struct reading *r, const struct event *ev)
{
    (void)j;
    (void)r;
    (void)ev;
}
