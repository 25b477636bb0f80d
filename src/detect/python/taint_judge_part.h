/* SPDX-License-Identifier: Apache-2.0 */
/* taint_judge_part.h - what taint_judge.c, taint_when.c, taint_prompt.c and taint_serve.c share;
 * nobody else includes it. Owns: nothing.   Threads: one owner.   Fails: judge->nomem. */
#pragma once
#include "detect/python/taint.h"
#include "detect/python/taint_judge.h"

struct told_path {
    uint32_t line, scope;
};

struct taint_site {
    struct judge *judge;
    const struct reading *reading;
    struct module *m;
    struct taint_flow *flow;
    uint8_t *told;
    uint32_t stmt, scope;
    struct told_path paths[8];
    size_t path_count;
    int8_t callers; /* the module knows who asks; -1: not looked yet */
};

/* One argument that does the harm, or none (node 0). */
uint32_t when_argument(const struct taint_site *s, uint32_t call, const struct sink_row *row);
/* Kinds of a value that a sink has to know; safe ones are left out. */
uint16_t when_kinds(const struct taint_site *s, enum sink sink, struct taint *worst, uint32_t node);
/* A statement that is put together: where its open parts stand as values. */
bool when_sql_built(const struct taint_site *s, uint32_t node);
/* Tell it if one of the verdicts fits; `node` is shown. */
bool taint_tell(struct taint_site *s, enum sink sink, uint32_t call, uint32_t node, uint32_t shown);
void prompt_judge(struct taint_site *s, uint32_t node); /* taint_prompt.c */
/* Tell a rule at a node; the message lives on. */
void taint_say(struct taint_site *s, const char *rule, uint32_t node, uint32_t line,
               const char *message);
/* A def that answers requests: its severities are low. taint_serve.c */
void serve_judge(struct taint_site *s, uint32_t scope);
