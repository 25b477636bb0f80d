/* SPDX-License-Identifier: Apache-2.0 */
/* release_key.h - rules/release-key.pem (or -Drules_key=FILE), written by tools/embed.py. */
#pragma once
#include <stddef.h>

extern const unsigned char release_key[];
extern const size_t release_key_size;
extern const char release_key_sha256[];
