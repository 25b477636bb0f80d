/* SPDX-License-Identifier: Apache-2.0 */
/* globals.h - what a pickle may import, and what each import can do.
 * Why: loading is calling. The judge denies by default, and these tables say what honest files need
 * and what is known to do harm; made from rules/pickle-*.tsv by tools/gen_rules.py.
 * Owns: constants.   Threads: read only.   Fails: NULL for a global that neither table knows. */
#pragma once
#include "finding/severity.h"

/* Two things hold for every row: what a call returns is data, and calling that again is not covered
 * by the row; and a global that is handed to a call as an argument counts as called. */
enum global_use {
    GLOBAL_CLASS,     /* making objects of it and BUILD on them are fine */
    GLOBAL_CALL,      /* calling it with plain data is fine */
    GLOBAL_REF,       /* fine as a value; a call is not */
    GLOBAL_ARGS,      /* fine to refer to; a call must keep the rule in `args` */
    GLOBAL_DANGEROUS, /* acts when called, or hands out something that does */
};

/* The argument rules; rules/pickle-args.tsv tells what each demands. globals_text.h checks the
 * texts that some of them speak about. */
enum global_args {
    GLOBAL_ARGS_NONE,
    GLOBAL_ARGS_CALLABLE,
    GLOBAL_ARGS_CALL_FIRST,
    GLOBAL_ARGS_CLASS_FIRST,
    GLOBAL_ARGS_DISTRIBUTION,
    GLOBAL_ARGS_ENCODING,
    GLOBAL_ARGS_FORMULA,
    GLOBAL_ARGS_GETATTR,
    GLOBAL_ARGS_LITERAL,
    GLOBAL_ARGS_NESTED,
    GLOBAL_ARGS_NEW,
    GLOBAL_ARGS_OPERATOR_KEY,
    GLOBAL_ARGS_PARTIAL,
    GLOBAL_ARGS_RESOLVE,
    GLOBAL_ARGS_SHAPE,
    GLOBAL_ARGS_SINGLE,
    GLOBAL_ARGS_SIZE,
    GLOBAL_ARGS_TORCHSCRIPT,
    GLOBAL_ARGS_TYPE_NAME,
};

struct global_rule {
    enum global_use use;
    enum global_args args;
    enum severity severity; /* of a call; for GLOBAL_ARGS: of a call that breaks the rule */
    char class_[16];        /* "process", "file", ...: see global_rule_id */
    char note[100];
};

/* The row for a global, by today's name or that of Python 2. A name with dots is walked as the
 * unpickler does: an attribute of something dangerous is dangerous, an attribute of something safe
 * is unknown (NULL) unless it has a row of its own. Order: exact row; dangerous owner or wildcard,
 * longest module first; a name that is dangerous in any module; safe wildcard. A safe wildcard
 * covers only names that look like classes, directly in its module; a dangerous one all below it.
 */
const struct global_rule *global_find(struct slice module, struct slice name);
/* Today's spelling of a Python 2 global; both are left alone when there is none. */
void global_modern(struct slice *module, struct slice *name);
/* The rule to report for a row of this class: "process" gives "model.pickle-exec". */
const char *global_rule_id(const struct global_rule *g);
