/* SPDX-License-Identifier: Apache-2.0 */
/* config_part.h - what the readers of repository files share.   Threads: pure functions. */
#pragma once
#include "read/reading.h"

/* The last part of a name with folders. */
struct slice config_base(struct slice name);
/* A value that names code: "repo--module.Class" and addresses are fetched, "module.Class" lies
 * beside; other values are left alone. */
void config_code(const struct reading *r, struct slice key, struct slice value, uint64_t at);
/* A dotted name that a loader imports and calls: told when it is known to act. */
void config_target(const struct reading *r, struct slice key, struct slice value, uint64_t at);
/* A file name: told when it leaves the folder of the model. True when it stays inside. */
bool config_path(const struct reading *r, struct slice key, struct slice value, uint64_t at);
