/* SPDX-License-Identifier: Apache-2.0 */
/* zip_layout.h - which kind of model are these members, by their names? */
#pragma once
#include "read/archive/zip.h"

/* Sets ->root and ->layout; *ret_variant names a plain archive's kind ("wheel") or is NULL. */
void zip_layout_decide(struct zip_index *index, const char **ret_variant);
