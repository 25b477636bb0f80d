/* SPDX-License-Identifier: Apache-2.0 */
/* sample.h - made-up results for tests of the reports and for looking at them.
 * Rules are the sample's own, so that rewording a real rule changes no golden file. */
#pragma once
#include "finding/result.h"

enum sample {
    SAMPLE_RICH,    /* a project with a bit of everything */
    SAMPLE_CLEAN,   /* nothing found */
    SAMPLE_EMPTY,   /* no files at all */
    SAMPLE_HOSTILE, /* names and texts that attack the reader of the report */
    SAMPLE_MODEL,   /* one model file, with its card */
    SAMPLE_HUGE,    /* 10,000 findings */
    SAMPLE_DIFF,    /* against a baseline */
    SAMPLE_COUNT,
};

const char *sample_name(enum sample which);
/* Fills a fresh result that lives in the arena. */
void sample_make(enum sample which, struct arena *arena, struct result *ret);
