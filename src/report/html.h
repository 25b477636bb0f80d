/* SPDX-License-Identifier: Apache-2.0 */
/* html.h - what the files of the HTML report share.
 * Everything from the input goes through html_text(): hidden characters made visible, then escaped
 * for text and attributes alike. There is no style or script attribute anywhere: the page's own
 * content security policy would refuse it.
 * Owns: the arena, while report_html() runs.   Threads: one owner.   Fails: the buffer's flag. */
#pragma once
#include "report/used_rules.h"
#include "report/words.h"

struct html {
    struct buf *out;
    const struct result *r;
    struct arena *arena;
    struct used_rules rules;
    struct buf scratch; /* to compose text that html_flush() then escapes */
};

void html_text(struct html *h, struct slice raw);
void html_flush(struct html *h);                  /* scratch as text; empties it */
void html_mark(struct html *h, enum severity s);  /* shape and word: <span class="sev high">... */
void html_shape(struct html *h, enum severity s); /* the shape alone */

void html_picture(struct html *h);       /* tiles, bar, stations (html_picture.c) */
void html_findings(struct html *h);      /* html_findings.c */
void html_statistics(struct html *h);    /* what a command counted that does not judge */
void html_models(struct html *h);        /* model cards and other files (html_files.c) */
void html_not_inspected(struct html *h); /* html_coverage.c */
void html_suppressed(struct html *h);
void html_coverage(struct html *h);
void html_rules(struct html *h); /* what the rules mean (html_rules.c) */
