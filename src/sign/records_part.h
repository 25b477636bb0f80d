/* SPDX-License-Identifier: Apache-2.0 */
/* records_part.h - hashes in JSON, for both halves of records.h. */
#pragma once
#include "codec/jot.h"
#include "codec/shape.h"
#include "log/merkle.h"

/* As 64 digits; key NULL: an item of a list. */
void records_put_hash(struct jot *j, const char *key, const struct merkle_hash *h);
void records_put_proof(struct jot *j, const struct merkle_proof *p);
bool records_take_hash(struct slice raw, struct merkle_hash *ret);
bool records_take_proof(const struct shape_list *list, struct merkle_proof *ret);
enum st records_wrong(const char *why, struct slice *ret_why); /* ST_MALFORMED */
