/* SPDX-License-Identifier: Apache-2.0 */
/* globals_text.c - texts that a pickle brings to be executed, resolved or decoded.
 *
 * Problem  scipy.stats distributions run exec() on a text of their state, statsmodels evaluates the
 *          formula that a model was made from, dill evaluates the text of a range. Honest files do
 *          it, so the class alone decides nothing.
 * Idea     split the text into words, numbers, quoted texts and signs. What makes Python code act
 *          is a call: every word before "(" must be on a list, and nothing else may stand there.
 *          Names with two underscores in a row, and keywords that begin statements, never pass.
 * Limits   no text longer than TEXT_MAX passes. */
#include "finding/globals_text.h"
#include "base/ascii.h"
#include "base/st.h"

#define TEXT_MAX 20000

static bool listed(const char *const *list, size_t n, struct slice word)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(word, slice_str(list[i]))) return true;
    return false;
}

#define LISTED(list, word) listed(list, COUNT_OF(list), word)

static bool is_letter(uint8_t c)
{
    return ascii_letter(c) || c == '_' || c >= 0x80;
}

/* How many bytes from `at` on are letters, digits and dots. */
static size_t word_length(struct slice s, size_t at)
{
    size_t n = 0;
    while (at + n < s.n &&
           (is_letter(s.p[at + n]) || ascii_digit(s.p[at + n]) || s.p[at + n] == '.'))
        n++;
    return n;
}

static bool word_is_plain(struct slice word)
{
    static const char *const never[] = {"lambda", "import", "for",   "while", "exec",   "eval",
                                        "class",  "yield",  "await", "async", "global", "del"};
    return !slice_has(word, S("__")) && !LISTED(never, word);
}

/* Bytes of a quoted text that begins at `at`, both quotes included; 0 = not closed on its line, or
 * with a prefix: f'{...}' is code. */
static size_t quoted_length(struct slice s, size_t at)
{
    if (at && (is_letter(s.p[at - 1]) || ascii_digit(s.p[at - 1]))) return 0;
    for (size_t n = 1; at + n < s.n && s.p[at + n] != '\\' && s.p[at + n] != '\n'; n++)
        if (s.p[at + n] == s.p[at]) return n + 1;
    return 0;
}

struct grammar {
    const char *signs;        /* single bytes that may stand alone */
    const char *const *calls; /* words that may stand before "(" */
    size_t call_count;
    bool groups; /* may "(" follow something that is no word? */
};

/* The thing at `at`: its length, or 0 when the grammar has no place for it. *call tells whether
 * "(" behind it would be a call that is not allowed. */
static size_t piece(const struct grammar *g, struct slice s, size_t at, bool *call)
{
    uint8_t c = s.p[at];
    size_t n = word_length(s, at);
    struct slice word = slice_sub(s, at, n);
    if (n && (is_letter(c) || slice_has(word, S("_")))) {
        *call = !listed(g->calls, g->call_count, word);
        return word_is_plain(word) ? n : 0;
    }
    *call = n || c == ')' || c == ']' || c == '\'' || c == '"';
    if (n) return n; /* a number */
    if (c == '\'' || c == '"') return quoted_length(s, at);
    return slice_find_byte(slice_str(g->signs), c) != SIZE_MAX ? 1 : 0;
}

/* Only pieces that the grammar knows, and no call but the listed ones. */
static bool conforms(const struct grammar *g, struct slice s)
{
    bool call = !g->groups; /* would "(" here be a call that is not allowed? */
    size_t at = 0;
    while (at < s.n) {
        if (s.p[at] == ' ') { /* spaces between a word and "(" change nothing */
            at++;
            continue;
        }
        if (s.p[at] == '(' && call) return false;
        size_t n = piece(g, s, at, &call);
        if (!n) return false;
        at += n;
    }
    return true;
}

static bool is_encoding(struct slice text)
{
    static const char *const names[] = {"latin1", "latin-1", "iso-8859-1", "iso8859-1",
                                        "utf-8",  "utf8",    "ascii",      "us-ascii"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_eq_nocase(text, slice_str(names[i]))) return true;
    return false;
}

/* "coef_", "relu": nothing private, nothing dotted, nothing that is dangerous anywhere. */
static bool is_attribute(struct slice text)
{
    if (!text.n || text.p[0] == '_' || !is_letter(text.p[0])) return false;
    if (word_length(text, 0) != text.n || slice_find_byte(text, '.') != SIZE_MAX) return false;
    if (!word_is_plain(text)) return false;
    const struct global_rule *g = global_find(S(""), text);
    return !g || g->use != GLOBAL_DANGEROUS;
}

/* Bound methods of an allowed object may be private, "_entropy", but not Python's own, "__class__":
 * they are only kept; calling what getattr gave is another finding. */
static bool is_method(struct slice text)
{
    if (text.n > 1 && text.p[0] == '_' && text.p[1] != '_') text = slice_sub(text, 1, text.n);
    return is_attribute(text);
}

static bool is_type_name(struct slice text)
{
    static const char *const names[] = {"NoneType",
                                        "int",
                                        "str",
                                        "list",
                                        "dict",
                                        "tuple",
                                        "set",
                                        "frozenset",
                                        "float",
                                        "complex",
                                        "bool",
                                        "bytes",
                                        "bytearray",
                                        "object",
                                        "slice",
                                        "range",
                                        "ellipsis",
                                        "type",
                                        "NotImplementedType",
                                        "EllipsisType",
                                        "SliceType",
                                        "DictType",
                                        "ListType",
                                        "IntType",
                                        "FloatType",
                                        "TupleType",
                                        "StringType",
                                        "BooleanType",
                                        "ComplexType",
                                        "LongType",
                                        "UnicodeType",
                                        "ObjectType",
                                        "TypeType"};
    return LISTED(names, text);
}

static bool is_literal(struct slice text)
{
    static const char *const calls[] = {"range", "slice", "xrange"};
    static const struct grammar g = {",-()", calls, COUNT_OF(calls), false};
    static const char *const words[] = {"range", "slice", "xrange", "None"};
    for (size_t at = 0; at < text.n; at++) {
        if (!is_letter(text.p[at])) continue;
        size_t n = word_length(text, at);
        if (!LISTED(words, slice_sub(text, at, n))) return false;
        at += n;
    }
    return slice_ends(text, S(")")) && conforms(&g, text);
}

/* One line of SciPy's template: a head "def _parse_args(self, a, loc=0, scale=1):" or a body
 * "    return (a, ), loc, scale". */
static bool is_template_line(struct slice line)
{
    static const char *const defs[] = {"_parse_args", "_parse_args_rvs", "_parse_args_stats"};
    static const char *const helper[] = {"self._argcheck_rvs"};
    static const struct grammar head = {",=()-", defs, COUNT_OF(defs), false};
    static const struct grammar body = {",=()-", helper, COUNT_OF(helper), true};
    struct slice def = S("def _parse_args"), ret = S("    return ");
    if (slice_starts(line, def) && slice_ends(line, S("):")))
        return conforms(&head, slice_sub(line, 4, line.n - 5));
    return slice_starts(line, ret) && conforms(&body, slice_sub(line, ret.n, SIZE_MAX));
}

static bool is_distribution(struct slice text)
{
    struct slice line;
    while (slice_split(&text, '\n', &line))
        if (slice_trim(line).n && !is_template_line(line)) return false;
    return true;
}

static bool is_formula(struct slice text)
{
    static const char *const calls[] = {
        "C",         "Q",        "I",       "np.log",  "np.log1p",    "np.log2", "np.log10",
        "np.exp",    "np.expm1", "np.sqrt", "np.abs",  "np.power",    "np.sin",  "np.cos",
        "np.square", "log",      "exp",     "sqrt",    "abs",         "pow",     "bs",
        "cr",        "cc",       "te",      "center",  "standardize", "scale",   "poly",
        "Treatment", "Sum",      "Diff",    "Helmert", "Poly",        "balanced"};
    static const struct grammar g = {"~+-*/:%^,=<>&|()[]", calls, COUNT_OF(calls), true};
    return conforms(&g, text);
}

bool global_text_allowed(enum global_args rule, struct slice text)
{
    if (text.n > TEXT_MAX) return false;
    switch (rule) {
    case GLOBAL_ARGS_ENCODING: return is_encoding(text);
    case GLOBAL_ARGS_GETATTR: return is_method(text);
    case GLOBAL_ARGS_OPERATOR_KEY: return is_attribute(text);
    case GLOBAL_ARGS_TYPE_NAME: return is_type_name(text);
    case GLOBAL_ARGS_LITERAL: return is_literal(text);
    case GLOBAL_ARGS_DISTRIBUTION: return is_distribution(text);
    case GLOBAL_ARGS_FORMULA: return is_formula(text);
    default: return false;
    }
}
