/* SPDX-License-Identifier: Apache-2.0 */
/* hidden_part.h - what hidden.c and hidden_run.c share. */
#pragma once
#include "detect/data/hidden.h"

#define RUN_TAGS 80u
#define RUN_BITS 512u

/* Invisible characters in a row. */
struct hidden_run {
    size_t from, to;
    uint32_t before, behind; /* visible neighbours; 0: none in the line */
    unsigned tags, selectors, spaces, joiners, hyphens, fillers;
    uint32_t selector; /* the first */
    char tag[RUN_TAGS];
    uint8_t bits[RUN_BITS / 8]; /* zero-width characters as ZWSP 0, others 1 */
    unsigned bit_count;
};

void hidden_run_add(struct hidden_scan *h, struct hidden_run *run, uint32_t c, size_t at, size_t n);
void hidden_run_end(struct hidden_scan *h, struct hidden_run *run);
void hidden_say(struct hidden_scan *h, unsigned which, uint8_t byte);
void hidden_trace(struct hidden_scan *h, enum hidden_kind kind, size_t from, size_t to,
                  unsigned count);
