/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_image.c - pictures of every kind: the first bytes decide which. */
#include "fuzz.h"

FUZZ_READER(FMT_IMAGE, "picture.png")
