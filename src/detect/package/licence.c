/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/package/licence.h"
#include "base/ascii.h"

#define LONGEST 120u
#define DEEP    16

/* ---- names ---- */

static const struct licence_row unknown = {.id = "", .is = LICENCE_UNKNOWN};

/* "GPL-2.0+" is "GPL-2.0-or-later": the + changes nothing here. */
static const struct licence_row *row_of(struct slice name)
{
    uint8_t lower[LONGEST];
    name = slice_trim(name);
    if (!name.n || name.n > sizeof lower) return &unknown;
    for (size_t i = 0; i < name.n; i++) lower[i] = ascii_to_lower(name.p[i]);
    struct slice key = slice_of(lower, name.n);
    if (key.n > 1 && key.p[key.n - 1] == '+' && !slice_ends(key, S("++"))) key.n--;
    for (size_t i = 0; i < licence_row_count; i++)
        if (slice_glob(slice_str(licence_rows[i].id), key)) return &licence_rows[i];
    return &unknown;
}

/* ---- expressions ---- */

enum token { TOKEN_END, TOKEN_NAME, TOKEN_OR, TOKEN_AND, TOKEN_WITH, TOKEN_OPEN, TOKEN_CLOSE };

struct expression {
    struct slice rest, name;
    const struct licence_row *values[DEEP];
    enum token pending[DEEP];
    size_t value_count, pending_count;
    bool bad, any; /* any: there is an operator */
};

static bool is_name_byte(uint8_t c)
{
    return ascii_alnum(c) || c == '-' || c == '.' || c == '+' || c == ':' || c == '_';
}

static enum token next_token(struct expression *e)
{
    e->rest = slice_trim(e->rest);
    if (!e->rest.n) return TOKEN_END;
    uint8_t c = e->rest.p[0];
    size_t n = 0;
    while (n < e->rest.n && is_name_byte(e->rest.p[n])) n++;
    e->name = slice_sub(e->rest, 0, n);
    e->bad |= !n && c != '(' && c != ')' && c != '/';
    e->rest = slice_sub(e->rest, n ? n : 1, e->rest.n);
    if (!n) return c == '(' ? TOKEN_OPEN : c == ')' ? TOKEN_CLOSE : TOKEN_OR;
    if (slice_eq_nocase(e->name, S("or"))) return TOKEN_OR;
    if (slice_eq_nocase(e->name, S("and"))) return TOKEN_AND;
    return slice_eq_nocase(e->name, S("with")) ? TOKEN_WITH : TOKEN_NAME;
}

static const struct licence_row *joined(enum token op, const struct licence_row *a,
                                        const struct licence_row *b)
{
    static const struct licence_row linked = {.id = "", .is = LICENCE_WEAK};
    if (op == TOKEN_WITH) {
        bool frees =
            b->is == LICENCE_EXCEPTION && (a->is == LICENCE_COPYLEFT || a->is == LICENCE_NETWORK);
        return frees ? &linked : a;
    }
    /* nobody can rely on a choice that is not known */
    if (op == TOKEN_OR && b->is == LICENCE_UNKNOWN) return a;
    if (op == TOKEN_OR && a->is == LICENCE_UNKNOWN) return b;
    return (op == TOKEN_OR) == (a->is <= b->is) ? a : b;
}

static void reduce(struct expression *e)
{
    enum token op = e->pending[--e->pending_count];
    if (e->value_count < 2 || op == TOKEN_OPEN) {
        e->bad = true;
        return;
    }
    const struct licence_row *b = e->values[--e->value_count];
    e->values[e->value_count - 1] = joined(op, e->values[e->value_count - 1], b);
}

static void push_operator(struct expression *e, enum token op)
{
    /* the later in `enum token`, the tighter it binds */
    while (e->pending_count && op != TOKEN_OPEN && !e->bad) {
        enum token last = e->pending[e->pending_count - 1];
        if (last == TOKEN_OPEN || last < op) break;
        reduce(e);
    }
    e->any = true;
    if (e->pending_count == DEEP) e->bad = true;
    if (!e->bad) e->pending[e->pending_count++] = op;
}

static void close_bracket(struct expression *e)
{
    while (!e->bad && e->pending_count && e->pending[e->pending_count - 1] != TOKEN_OPEN) reduce(e);
    if (e->pending_count)
        e->pending_count--;
    else
        e->bad = true;
}

/* NULL: it is no expression, but perhaps a name with blanks. */
static const struct licence_row *evaluate(struct slice text)
{
    struct expression e = {.rest = text};
    bool operand = true; /* is the next one a name or a bracket? */
    for (enum token t; !e.bad && (t = next_token(&e)) != TOKEN_END;) {
        bool begins = t == TOKEN_NAME || t == TOKEN_OPEN;
        e.bad |= begins != operand || e.value_count == DEEP;
        operand = t != TOKEN_NAME && t != TOKEN_CLOSE;
        if (e.bad) break;
        if (t == TOKEN_NAME)
            e.values[e.value_count++] = row_of(e.name);
        else if (t == TOKEN_CLOSE)
            close_bracket(&e);
        else
            push_operator(&e, t);
    }
    while (!e.bad && e.pending_count) reduce(&e);
    return e.bad || !e.any || e.value_count != 1 ? NULL : e.values[0];
}

enum licence licence_of(struct slice text, struct licence_said *ret)
{
    const struct licence_row *least = NULL;
    struct slice line;
    *ret = (struct licence_said){S(""), ""};
    while (slice_split(&text, '\n', &line)) {
        line = slice_trim(line);
        if (!line.n) continue;
        const struct licence_row *row = line.n > 400 ? NULL : evaluate(line);
        if (!row) row = row_of(line);
        bool better = !least || least->is == LICENCE_UNKNOWN ||
                      (row->is != LICENCE_UNKNOWN && row->is < least->is);
        if (!better) continue;
        least = row;
        *ret = (struct licence_said){line, row->note};
    }
    return !least || least->is == LICENCE_EXCEPTION ? LICENCE_UNKNOWN : (enum licence)least->is;
}
