/* SPDX-License-Identifier: Apache-2.0 */
/* inflate.h - DEFLATE and its two wrappers (RFC 1950-1952), by zlib. See port/decoder.h. */
#pragma once
#include "port/decoder.h"

extern const struct decoder inflate_raw, inflate_zlib, inflate_gzip;

/* The same state for another stream: what a member of some bytes costs is then no fresh state. */
bool inflate_again(void *state);
