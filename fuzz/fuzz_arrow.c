/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_arrow.c - messages, schemas and buffers of Arrow files and streams. */
#include "fuzz.h"

FUZZ_READER(FMT_ARROW, "data.arrow")
