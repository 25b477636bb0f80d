/* SPDX-License-Identifier: Apache-2.0 */
/* vfs.h - a file system with one file in it: the bytes in memory, read-only.
 * Owns: the registration, until bytes_vfs_free().   Threads: one owner; the name is its own.
 * Fails: NULL when memory is out. */
#pragma once
#include "base/slice.h"

struct bytes_vfs;

struct bytes_vfs *bytes_vfs_new(struct slice bytes);
void bytes_vfs_free(struct bytes_vfs *v);
const char *bytes_vfs_name(const struct bytes_vfs *v);
uint64_t bytes_vfs_last(const struct bytes_vfs *v); /* offset of the last page that was read */
