/* SPDX-License-Identifier: Apache-2.0 */
/* unbrotli.h - one Brotli stream (RFC 7932), by libbrotlidec. See port/decoder.h. */
#pragma once
#include "port/decoder.h"

extern const struct decoder unbrotli;
