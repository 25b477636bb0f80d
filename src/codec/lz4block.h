/* SPDX-License-Identifier: Apache-2.0 */
/* lz4block.h - bare LZ4 blocks, without a frame around them.
 * Why: by hand, so that a big page can be made in steps; the frames are port/lz4's.
 * Owns: nothing.   Threads: one owner.   Fails: ST_MALFORMED; what came out before it is good.
 * Specification: lz4_Block_format.md (1.9). */
#pragma once
#include "base/st.h"
#include "codec/window.h"

struct lz4block {
    struct slice in;
    size_t pos;
    struct window w;
};

struct lz4block lz4block_of(struct slice in, uint8_t *out, size_t room);
/* Go on until at least `until` bytes were made or the block ends. */
MUST_USE enum st lz4block_run(struct lz4block *b, size_t until);
