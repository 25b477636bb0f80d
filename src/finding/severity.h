/* SPDX-License-Identifier: Apache-2.0 */
/* severity.h - how much a finding matters. The numbers order; the words are the contract. */
#pragma once
#include <stdbool.h>
#include "base/slice.h"

enum severity { SEV_INFO, SEV_LOW, SEV_MEDIUM, SEV_HIGH, SEV_CRITICAL, SEV_COUNT };

const char *severity_name(enum severity s); /* "high" */
bool severity_parse(struct slice s, enum severity *ret);
