/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - names of members that mean harm to whoever unpacks them; for every archive. */
#pragma once
#include "base/map.h"
#include "read/reading.h"

struct names {
    struct map exact, folded;
};

void names_init(struct names *n, struct arena *a);
/* Tell what is wrong with this name. *ret_duplicate: it was there before, which is told too when
 * `tell_it`. False when memory is out. */
MUST_USE bool names_add(struct reading *r, struct names *n, struct slice name, uint64_t offset,
                        bool tell_it, bool *ret_duplicate);
/* Tell when a link that lies at `name` leads out of the folder. */
void names_link(const struct reading *r, struct slice name, struct slice target, uint64_t offset);
