/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_html.c - pages as browsers take them. */
#include "fuzz.h"

FUZZ_READER(FMT_HTML, "page.html")
