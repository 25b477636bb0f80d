/* SPDX-License-Identifier: Apache-2.0 */
/* tables.h - the constant tables that tools/gen_calls.py writes from rules/code-*.tsv.
 * Why: adding a rule is a row of text. All texts lie in one pool, so there is nothing to relocate
 * and nothing to set up when the program starts.
 * Owns: constants.   Threads: read only.   Fails: never. */
#pragma once
#include "base/slice.h"

struct code_string {
    uint32_t at;
    uint16_t length;
};

extern const char code_pool[];

static inline struct slice code_text(struct code_string s)
{
    return slice_of(code_pool + s.at, s.length);
}

/* ---- names (rules/code-names.tsv) ---- */

struct code_name {
    struct code_string from, to;
};
extern const struct code_name code_names[]; /* sorted by `from` */
extern const size_t code_names_count;
extern const struct code_name code_habits[]; /* what an unbound name means: np */
extern const size_t code_habits_count;

/* ---- rows (rules/code-calls.tsv) ---- */

enum code_on {
    CODE_CALL,   /* what is called fits `what` */
    CODE_ASSIGN, /* what is assigned to fits `what`: np.load = ..., os.environ[X] = "..." */
    CODE_BASE,   /* a class of the module has this base */
    CODE_IMPORT, /* the module imports it */
    CODE_NAME,   /* an attribute with this name is read */
    CODE_PAIR,   /* a dict handed to a call has this key; its value is argument 0 */
};

enum code_op { /* over an argument; tests.c */
               CODE_OP_GIVEN,
               CODE_OP_MISSING,
               CODE_OP_CONST,
               CODE_OP_OPEN, /* given, and not known in full */
               CODE_OP_IS,
               CODE_OP_ENDS,
               CODE_OP_BEGINS,
               CODE_OP_HAS,
               CODE_OP_HEX40,
               CODE_OP_HUB_ID,
               CODE_OP_HUB_OPEN, /* may be the id of a repository: not known, and not called a path
                                  */
               CODE_OP_HTTP,     /* http:// to another machine */
               CODE_OP_URL,      /* of another machine */
               CODE_OP_NAMED,
               CODE_OP_PLAIN, /* named, and no functools.partial */
               CODE_OP_OVER,
               CODE_OP_UNDER,
               CODE_OP_ALL_HOSTS,
               CODE_OP_LOOPBACK,
               CODE_OP_EMPTY,
               CODE_OP_LIST_HAS,
               CODE_OP_KEY_FALSE,
               CODE_OP_OWN, /* beside the module itself */
               CODE_OP_SECRET,
               CODE_OP_QUOTED, /* all that is not constant goes through shlex.quote */
               CODE_OP_FALLBACK,
               CODE_OP_SHELL,    /* a list of words that runs this */
               CODE_OP_LOCAL,    /* a path of this machine */
               CODE_OP_OBJECT,   /* what a class or a factory made */
               CODE_OP_PARAM,    /* a parameter of the def */
               CODE_OP_INTERNAL, /* a host without a dot, or of a private network */
               CODE_OP_ANYBODY,  /* rights of a file: everybody may write */
               CODE_OP_DUMMY,    /* a lambda or a def of the module */
               /* over the place of the call; facts.c */
               CODE_FACT_VERIFIED, /* a digest or a signature is checked in front of it */
               CODE_FACT_CHECKED_LATER,
               CODE_FACT_ROUND_TRIP, /* the same def made what is loaded */
               CODE_FACT_IMPORTS,
               CODE_FACT_FILE_NAMED,
               CODE_FACT_SERVICE, /* the module answers requests */
               CODE_FACT_AUTH,    /* the module speaks of authentication */
               CODE_FACT_MEMBERS_CHECKED,
               CODE_FACT_HAS,   /* a name comes up in the module */
               CODE_FACT_GIVES, /* a keyword is given somewhere in the module */
               CODE_FACT_COMPARED,
               CODE_FACT_HANDLER,  /* the def answers requests */
               CODE_FACT_REVIEWED, /* an `if` that raises names the argument */
               CODE_FACT_BEFORE,   /* this is called further down in the same def */
               CODE_FACT_ENV,      /* NAME=VALUE is set in the module's environment */
               CODE_FACT_SAVED,    /* the module saves to the same path */
               CODE_FACT_IN_TEST,
               CODE_FACT_ASSIGNS,        /* the statement replaces this function */
               CODE_FACT_SAVES,          /* the module writes models or data */
               CODE_FACT_DOWNLOADS,      /* the module fetches files */
               CODE_FACT_RANDOM_DATASET, /* a class of datasets draws from numpy.random */
               CODE_FACT_PIP_UNPINNED, /* what is installed has no exact version, or is not known */
};

#define CODE_SILENT UINT8_MAX

struct code_test {
    uint8_t op;      /* enum code_op, see tests.c */
    uint8_t not ;    /* 1: turned round */
    int8_t position; /* of the argument; -1: keyword only; -2: no argument */
    struct code_string keyword;
    struct code_string text; /* of the operator */
};

struct code_row {
    uint8_t on;
    uint8_t severity;  /* enum severity; CODE_SILENT: rows of the rule that follow do not hold */
    uint8_t condition; /* enum condition_kind */
    int8_t shown;      /* position of the argument whose line is told, as in code_test; -2: none */
    struct code_string what, rule, shown_keyword, message;
    struct code_string package, versions; /* of the condition */
    struct code_string loads_keyword;     /* the argument with the path that is loaded */
    int8_t loads;                         /* its position; -2: none */
    uint16_t tests, tests_count;
};

struct code_last { /* rows by the last step of what they are about */
    struct code_string last;
    uint16_t from, count; /* of code_order */
};

extern const struct code_test code_tests[];
extern const struct code_row code_rows[];
extern const uint16_t code_order[]; /* rows, grouped by last step; within a group as in the file */
extern const struct code_last code_lasts[]; /* sorted */
extern const size_t code_lasts_count;
extern const uint16_t code_any[]; /* rows whose last step is a pattern: tried for all */
extern const size_t code_any_count;
