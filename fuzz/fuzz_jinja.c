/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_jinja.c - templates: the parser, and following what they build. */
#include "fuzz.h"

FUZZ_READER(FMT_JINJA, "chat_template.jinja")
