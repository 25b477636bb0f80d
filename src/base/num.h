/* SPDX-License-Identifier: Apache-2.0 */
/* num.h - numbers from text, and arithmetic that cannot wrap.
 * Fails: false, and *ret is untouched. The whole slice must be the number: no spaces, no tail. */
#pragma once
#include "base/slice.h"

bool num_u64(struct slice s, uint64_t *ret); /* decimal */
bool num_i64(struct slice s, int64_t *ret);  /* decimal, optional sign */
bool num_hex(struct slice s, uint64_t *ret); /* without a prefix */
/* Bytes from lower-case hexadecimal digits, two each: s.n / 2 bytes of ret. False: `ret` may hold
 * some of them. */
bool num_bytes(struct slice s, uint8_t *ret);
bool num_f64(struct slice s, double *ret);          /* JSON and TOML decimals, also inf and nan */
bool num_size(struct slice s, uint64_t *ret_bytes); /* "64", "4k", "20 MB", "1.5GiB": powers of 1024
                                                       for KiB.. and k m g, of 1000 for KB.. */
/* False when the result does not fit. */
bool num_mul(uint64_t a, uint64_t b, uint64_t *ret);
bool num_add(uint64_t a, uint64_t b, uint64_t *ret);
