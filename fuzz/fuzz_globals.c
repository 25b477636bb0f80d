/* SPDX-License-Identifier: Apache-2.0 */
/* Names and texts as a hostile pickle may bring them: module, a zero byte, name; or a text alone.
 */
#include "fuzz.h"
#include "base/st.h"
#include "finding/globals_text.h"
#include <stdlib.h>

static void names(struct slice module, struct slice name)
{
    const struct global_rule *g = global_find(module, name);
    if (g && !*global_rule_id(g)) abort();
    g = global_find(S("os"), name);
    if (!g || g->use != GLOBAL_DANGEROUS) abort(); /* no name of this module is harmless */
    g = global_find(S("vendor.tools"), name);
    if (g && g->use != GLOBAL_DANGEROUS) abort(); /* nobody vetted this one */
}

static void text(struct slice s)
{
    static const enum global_args rules[] = {GLOBAL_ARGS_ENCODING,     GLOBAL_ARGS_GETATTR,
                                             GLOBAL_ARGS_OPERATOR_KEY, GLOBAL_ARGS_TYPE_NAME,
                                             GLOBAL_ARGS_LITERAL,      GLOBAL_ARGS_DISTRIBUTION,
                                             GLOBAL_ARGS_FORMULA};
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        bool calls =
            slice_has(s, S("eval(")) || slice_has(s, S("system(")) || slice_has(s, S("__"));
        bool quoted = slice_has(s, S("'")) || slice_has(s, S("\""));
        if (calls && !quoted && global_text_allowed(rules[i], s)) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = slice_of(data, size), module = {0};
    text(rest);
    (void)slice_split(&rest, 0, &module);
    names(module, rest);
    return 0;
}
