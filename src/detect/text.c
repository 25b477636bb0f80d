/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - texts with a role, each to whoever judges that role. */
#include "detect/judge.h"
#include "detect/template.h"

void judge_text(struct judge *j, const struct reading *r, const struct event *ev)
{
    if (ev->text.role == TEXT_TEMPLATE) judge_template(j, r, ev);
}
