/* SPDX-License-Identifier: Apache-2.0 */
/* globals_text.h - the argument rules that speak about one constant text.
 * Why: some classes and functions execute, resolve or decode a text that the pickle brings; honest
 * pickles bring only texts of a narrow shape, and these can be told from all others.
 * Owns: nothing.   Threads: pure.   Fails: false for every text that is not known to be harmless.
 */
#pragma once
#include "finding/globals.h"

/* May this text stand where the rule puts it?
 *   ENCODING      the name of an encoding that only changes text into bytes
 *   GETATTR, OPERATOR_KEY   the name of an attribute
 *   TYPE_NAME     a type that dill may look up
 *   LITERAL       range(0, 3), slice(None, 1, 2)
 *   DISTRIBUTION  _parse_arg_template of a SciPy distribution
 *   FORMULA       a model formula of statsmodels
 * False for the other rules: they are not about a text. */
bool global_text_allowed(enum global_args rule, struct slice text);
