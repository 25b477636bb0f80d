/* SPDX-License-Identifier: Apache-2.0 */
/* unzstd.h - one zstd frame or skippable frame (RFC 8878), by libzstd. See port/decoder.h. */
#pragma once
#include "port/decoder.h"

extern const struct decoder unzstd;
