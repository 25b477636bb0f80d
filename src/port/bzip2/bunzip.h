/* SPDX-License-Identifier: Apache-2.0 */
/* bunzip.h - one bzip2 stream, by libbz2. See port/decoder.h. */
#pragma once
#include "port/decoder.h"

extern const struct decoder bunzip;
