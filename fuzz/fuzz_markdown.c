/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_markdown.c - model cards: front matter and text. */
#include "fuzz.h"

FUZZ_READER(FMT_MARKDOWN, "README.md")
