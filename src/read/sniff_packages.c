/* SPDX-License-Identifier: Apache-2.0 */
/* sniff_packages.c - lists of dependencies: by name, and plain text whose lines are all of their
 * form. */
#include "read/code/packages.h"
#include "read/sniff_shapes.h"

bool shape_lock(const struct shape_input *in)
{
    return packages_named_lock(packages_base(in->name));
}

bool shape_requirements(const struct shape_input *in)
{
    struct slice base = packages_base(in->name);
    if (packages_named_requirements(base)) return true;
    bool text = slice_ends_nocase(base, S(".txt")) || slice_ends_nocase(base, S(".in"));
    return text && packages_look_like_requirements(in->head, in->bytes.n > in->head.n);
}
