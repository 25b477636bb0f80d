/* SPDX-License-Identifier: Apache-2.0 */
/* unlz4.h - LZ4 frames (1.6.x) and the legacy frames of early tools, by liblz4. See
 * port/decoder.h. */
#pragma once
#include "port/decoder.h"

extern const struct decoder unlz4, unlz4_legacy;
