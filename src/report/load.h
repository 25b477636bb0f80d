/* SPDX-License-Identifier: Apache-2.0 */
/* load.h - a result read back from merlon.result/1, so that it can be shown in another format.
 * Why: scan once, report often; nobody should scan again for a picture.
 * A result may come from anywhere: it is read like any input. Rules that this version does not know
 * keep their id, class and severity. Keys that it does not know are passed over.
 * Owns: nothing outside the arena, and borrows the text, which must live as long as the result.
 * Fails: ST_MALFORMED (not such a document; ret_error says where), ST_NOMEM. */
#pragma once
#include "base/st.h"
#include "finding/result.h"

MUST_USE enum st report_load(struct arena *a, struct slice text, struct result *ret,
                             struct slice *ret_error);
