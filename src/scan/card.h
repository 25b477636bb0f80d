/* SPDX-License-Identifier: Apache-2.0 */
/* card.h - the model card of a subject as JSON (subjects[].detail of merlon.result/1). */
#pragma once
#include "base/buf.h"
#include "detect/judge.h"

/* inspected: how deep it was looked at, "content", "structure" or "none". */
void card_json(struct buf *out, const struct judge *j, struct slice inspected);
