/* SPDX-License-Identifier: Apache-2.0 */
/* dockerfile.h - Dockerfile and Containerfile: instructions as settings, and what a shell runs.
 * Why: what is built, from what, as whom, is in the instructions; the rest is commands.
 *
 * Every instruction is a map at the root with the keys
 *    instruction  FROM, RUN ... in capitals; of ONBUILD x: x, with onbuild: true
 *    stage        number of the stage it belongs to; none in front of the first FROM
 *    flags        list: --from=x
 *    words        list of its words, quotes resolved, variables filled in as far as their defaults
 *                 are in the file; RUN, CMD and ENTRYPOINT have none
 *    pairs        of ENV, ARG and LABEL: map from name to value (ARG without one: a null)
 *    base         of FROM: "stage", "scratch" or "image"
 *
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/readers.h"

reader_fn dockerfile_read; /* FMT_DOCKERFILE */
