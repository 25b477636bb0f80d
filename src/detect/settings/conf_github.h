/* SPDX-License-Identifier: Apache-2.0 */
/* conf_github.h - what the parts of the judge of GitHub's workflows share; nobody else includes it.
 * conf_github.c walks jobs and steps, conf_taint.c reads ${{ expressions }}.
 * Owns: nothing.   Threads: one owner. */
#pragma once
#include "detect/settings/conf.h"

enum { GH_FORK = 1 /* people from outside can start it */, GH_SECRETS = 2 /* with its secrets */ };

struct gh {
    const struct conf_doc *d;
    unsigned triggers;
};

struct gh_scope { /* where an expression stands */
    uint32_t job, step;
    struct slice condition; /* the job's if: */
};

/* The next ${{ ... }} of a text at or behind *at: its inside is text[*from, *to). */
bool gh_next_expression(struct slice text, size_t *at, size_t *ret_from, size_t *ret_to);
/* Does it give a text that people from outside write? */
bool gh_tainted(const struct gh *g, const struct gh_scope *scope, struct slice expression);
/* The line that a byte lies in. */
struct slice gh_line(struct slice text, size_t at);
