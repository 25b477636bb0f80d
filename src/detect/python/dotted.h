/* SPDX-License-Identifier: Apache-2.0 */
/* dotted.h - the canonical name of what an expression stands for.
 * Why: `tl(p)` after `from torch import load as tl` is torch.load, whatever it is called here. A
 * name grows with what is done to it, so that the result of a call has a name, too:
 *
 *    torch.load                        a function
 *    boto3.client().upload_file        a method of what a call returns
 *    os.environ[]                      an item
 *    ?model.generate                   a method of a parameter or variable that is not known
 *    :Net().forward                    what the module itself defines
 *    .utils.load                       what comes from the package's own modules
 *
 * Names that mean the same are one (rules/code-names.tsv): sklearn.externals.joblib is joblib.
 * Equal names are one pointer.
 * Owns: nothing outside its arena.   Threads: one owner.
 * Fails: NULL for no memory (`nomem` is set) and for names over DOTTED_MAX. */
#pragma once
#include "base/map.h"

#define DOTTED_MAX 160 /* bytes: what grows longer is no name that a table could know */

struct dotted {
    const struct dotted *up; /* NULL: a root */
    struct slice full, last; /* "torch.load", "load"; the last step of a call is "()", "[]" */
};

struct dotted_names {
    struct arena *arena;
    struct map map;
    bool nomem;
};

void dotted_init(struct dotted_names *d, struct arena *arena);
/* A dotted text, as an import writes it. */
const struct dotted *dotted_name(struct dotted_names *d, struct slice text);
/* "?x" and ":x" */
const struct dotted *dotted_mark(struct dotted_names *d, char mark, struct slice name);
const struct dotted *dotted_attr(struct dotted_names *d, const struct dotted *up,
                                 struct slice name);
const struct dotted *dotted_call(struct dotted_names *d, const struct dotted *up);
const struct dotted *dotted_item(struct dotted_names *d, const struct dotted *up);
/* What an unbound name means that everybody imports in the same way: np, pd, tf. Empty: none. */
struct slice dotted_habit(struct slice name);

/* Does a pattern fit? `*` stands for any run within a step, `**` for any run; the rest for itself.
 * At most pattern * text steps. */
bool dotted_match(struct slice pattern, struct slice full);
