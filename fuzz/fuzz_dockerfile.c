/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_dockerfile.c - Dockerfiles: instructions, variables and what a shell runs. */
#include "fuzz.h"

FUZZ_READER(FMT_DOCKERFILE, "Dockerfile")
