/* SPDX-License-Identifier: Apache-2.0 */
/* package.h - packages that are named elsewhere than in lists of them.
 * Why: commands install, and modules import; both are judged by what they name.
 * Owns: nothing.   Threads: one owner.   Fails: as judge.h says. */
#pragma once
#include "detect/judge.h"

/* pip install, uv pip, uv add, poetry add, pipenv install, conda install, with their options. */
void package_command(struct judge *j, const struct reading *r, const struct event *ev);
/* A card that names a licence; licence_judge.c */
void licence_card(struct judge *j, const struct reading *r, const struct event *ev);
/* What a module imports, where the name itself is known to be harmful. */
void package_imports(struct judge *j, const struct reading *r, const struct event *ev);
