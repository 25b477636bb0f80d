/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_part.h - shared by the files of the pickle judge.
 *     pickle.c          events to findings
 *     pickle_args.c     the argument rules of rules/pickle-args.tsv
 *     pickle_modules.c  whose module is that?
 * Owns: nothing.   Threads: pure functions. */
#pragma once
#include "finding/globals.h"
#include "read/model/pickle.h"

enum module_owner {
    OWNER_OTHER,     /* __main__, the user's own, a library that we do not know */
    OWNER_FRAMEWORK, /* a machine learning library: its honest classes are on the list */
    OWNER_STDLIB,    /* Python itself: what is not on the list has no place in a model */
};

enum module_owner module_owner(struct slice module);
/* By convention a class: the last part of the name begins with a capital. */
bool named_like_class(struct slice name);

/* The row for this global, looked up once. NULL: unknown. */
const struct global_rule *pickle_rule(struct pickle_global *g);

/* For what getattr(Class, 'method') made: the row of that method, if it is harmless. */
const struct global_rule *pickle_method_rule(struct pickle_value made);

/* What a call with these arguments breaks; NULL: nothing, it keeps the rule. */
const char *pickle_args_broken(const struct global_rule *rule, const struct reading *r,
                               const struct pickle_call *call);
/* Why a call of something harmless asks for more than a machine has; NULL: it does not. */
const char *pickle_args_greedy(const struct pickle_call *call);
/* The same for the state of BUILD on an object of such a class. */
const char *pickle_state_broken(const struct global_rule *rule, const struct pickle_call *call);
/* getattr(Class, 'NAME') with a plain name, for a class of nobody we know. */
bool pickle_member_of_unknown(const struct pickle_call *call);
/* Every callable in v is on the list of safe ones. *ret_bad (may be NULL): the first that is not.
 */
bool pickle_callables_safe(struct pickle_value v, struct pickle_value *ret_bad);
