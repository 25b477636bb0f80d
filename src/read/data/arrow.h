/* SPDX-License-Identifier: Apache-2.0 */
/* arrow.h - Arrow IPC: files (also called Feather V2) and streams.
 * Why: data-set libraries keep their caches in it, and it is what tables travel as.
 * Owns: nothing.   Threads: one owner.   Fails: see reading.h.
 * Specification: Arrow Columnar Format 1.5 (Schema.fbs, Message.fbs, File.fbs). */
#pragma once
#include "read/reading.h"

MUST_USE enum st arrow_read(struct reading *r);
/* Do these bytes begin like a stream? A stream has no magic number, but its first message is a
 * schema in a flatbuffer. `legacy` streams (before 0.15) have no mark before their length. */
bool arrow_stream_begins(struct slice bytes, bool legacy);
