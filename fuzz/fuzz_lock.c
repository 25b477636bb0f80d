/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_lock.c - locks and the packages that they hold. */
#include "fuzz.h"

FUZZ_READER(FMT_LOCK, "poetry.lock")
