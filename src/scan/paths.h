/* SPDX-License-Identifier: Apache-2.0 */
/* paths.h - the paths of a result: relative to the target, parts between slashes.
 * Owns: nothing; what is joined lies in the arena.   Threads: pure.   Fails: as an empty path. */
#pragma once
#include "base/arena.h"

/* "a/b/c.py" gives "a/b/", "c.py" gives "". */
struct slice path_folder(struct slice path);
/* "a/b/c.py" gives "c.py". */
struct slice path_name(struct slice path);
/* The folder and the name as one path, with "./" and "x/../" resolved; empty: it leads out. */
struct slice path_join(struct arena *a, struct slice folder, struct slice name);
