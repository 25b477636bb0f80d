/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_yaml.c - YAML: settings, templates, aliases and the commands in it. */
#include "fuzz.h"

FUZZ_READER(FMT_YAML, "a.yaml")
