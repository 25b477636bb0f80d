/* SPDX-License-Identifier: Apache-2.0 */
/* template_fold.h - operators, filters and methods of Jinja on constants.
 * Why: '__cla' ~ 'ss__', ['_','_']|join, '%c'|format(95) and their many friends are names.
 * Each function computes what it can, and gives an unknown with the right tags for the rest.
 * Owns: nothing.   Threads: pure.   Fails: NULL when memory is out. */
#pragma once
#include "codec/jinja.h"
#include "detect/template/template_value.h"

#define FOLD_MAX 10

/* One application: in[0] is the subject or left side, the rest are arguments. */
struct fold {
    struct arena *a;
    struct slice name; /* filter or method */
    enum jinja_op op;
    const struct value *in[FOLD_MAX];
    struct slice keyword[FOLD_MAX]; /* of keyword arguments, else empty */
    unsigned n;
};

typedef const struct value *fold_fn(const struct fold *f);

fold_fn fold_binary, fold_unary, fold_index, fold_slice, fold_filter, fold_method;

/* Apply fn for the alternatives of the inputs too, and join what comes out. */
const struct value *fold_all(const struct fold *f, fold_fn *fn);
/* What is known about a result that could not be computed. */
const struct value *fold_unknown(const struct fold *f);
/* The value of a keyword or of the i-th positional argument after the subject; NULL if missing. */
const struct value *fold_arg(const struct fold *f, unsigned i, struct slice keyword);
