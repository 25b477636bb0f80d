/* SPDX-License-Identifier: Apache-2.0 */
/* jinja.h - a file that is one template: chat_template.jinja and its like.
 * Why: the whole text is handed on; what it does is judged in detect/template/.
 * Owns: nothing.   Threads: one owner.   Fails: never. */
#pragma once
#include "read/reading.h"

MUST_USE enum st jinja_read(struct reading *r);
