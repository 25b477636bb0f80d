/* SPDX-License-Identifier: Apache-2.0 */
/* allow.h - a finding accepted where it stands: `# merlon: allow RULE because REASON`.
 * Any comment sign does; what matters is "merlon: allow". RULE may end with a star.
 * Owns: nothing.   Threads: pure.   Fails: false. */
#pragma once
#include "base/slice.h"

struct allow {
    struct slice rule, reason; /* pieces of the line; the reason is empty when there is none */
};

/* Does the line hold an allow? One without a reason is still told, so that it can be reported. */
bool allow_parse(struct slice line, struct allow *ret);
/* Is `id` meant by `pattern`: the same, or a pattern that ends with a star. */
bool allow_covers(struct slice pattern, struct slice id);
