/* SPDX-License-Identifier: Apache-2.0 */
/* rule_text.h - a rule as JSON and the taxonomies that its class maps to.
 * Owns: nothing.   Threads: pure.   Fails: the buffer's sticky flag. */
#pragma once
#include "finding/rules.h"
#include "codec/jot.h"
#include "update/rulebook.h"

/* The rule as the rulebook has it. */
void rule_json(struct jot *j, const struct rulebook *book, const struct rule *r);
/* {"schema": "merlon.rules/1", ..., "rules": [...]} and a line end */
void rules_json(struct buf *out, const struct rulebook *book);
/* "MITRE ATLAS AML.T0011, OWASP LLM03, ..." */
void class_maps(struct buf *out, const struct control_class *k);
