/* SPDX-License-Identifier: Apache-2.0 */
/* rules.h - every rule that Merlon knows; made from rules/ by tools/gen_rules.py.
 * Why: help, `merlon explain`, SARIF and the judges use one table.
 * Owns: constants.   Threads: read only.   Fails: NULL for an unknown id. */
#pragma once
#include "finding/severity.h"

struct rule {
    const char *id, *class_id;
    enum severity severity;
    const char *title;      /* a few words */
    const char *what;       /* what was seen, technically */
    const char *attack;     /* three numbered steps, one a line */
    const char *why;        /* what an attacker gains: one sentence */
    const char *fix;        /* what to do: one sentence, with a command where one fits */
    const char *bad, *good; /* an example of each side */
    const char *refs;       /* CVE, GHSA, papers; space separated */
};

struct control_class { /* facts of one class in the public taxonomies; empty strings where none */
    char id[40], stage[16], station[16], cwe[40], atlas[48], atlas_mitigation[40], owasp_llm[16],
        owasp_ml[16], owasp_agentic[24], aisvs[16], nist_100_2[32], nist_rmf[32], eu_ai_act[24],
        iso_42001[24], csa_aicm[16], saif[48];
};

extern const char rules_version[]; /* "2026.11.1" */

size_t rule_count(void);
const struct rule *rule_at(size_t i); /* sorted by id */
const struct rule *rule_find(struct slice id);
/* The rule whose id is nearest to a misspelt one, or NULL when none is near. */
const struct rule *rule_nearest(struct slice id);
const struct control_class *class_find(struct slice id);
