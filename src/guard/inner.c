/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/inner.h"

static bool is_structure(uint8_t c)
{
    return c <= ' ' || c == '{' || c == '}' || c == '[' || c == ']' || c == ',' || c == ':';
}

static enum inner next(enum inner at, uint8_t c)
{
    switch (at) {
    case INNER_OUT:
    case INNER_BARE:
        if (c == '"') return INNER_STRING;
        return is_structure(c) ? INNER_OUT : INNER_BARE;
    case INNER_STRING:
        if (c == '"') return INNER_OUT;
        return c == '\\' ? INNER_ESCAPE : INNER_STRING;
    case INNER_ESCAPE: return c == 'u' ? INNER_HEX4 : INNER_STRING;
    case INNER_HEX1: return INNER_STRING;
    default: return (enum inner)(at - 1);
    }
}

enum inner inner_walk(enum inner at, struct slice text)
{
    for (size_t i = 0; i < text.n; i++) at = next(at, text.p[i]);
    return at;
}

/* A run inside a string; ends before its quote, and not in an escape that goes on behind the text.
 */
static void string_run(struct slice text, size_t to, size_t *pos, enum inner *at,
                       struct inner_run *ret)
{
    size_t i = *pos;
    enum inner state = *at;
    ret->from = ret->to = i;
    while (i < text.n && (i < to || state != INNER_STRING)) {
        enum inner then = next(state, text.p[i]);
        if (then == INNER_OUT) break;
        state = then;
        i++;
        if (state != INNER_STRING) continue;
        ret->to = *pos = i;
        *at = state;
    }
    if (ret->to == ret->from) { /* nothing but a part of an escape */
        *pos = i;
        *at = state;
    }
}

static void bare_run(struct slice text, size_t to, size_t *pos, enum inner *at,
                     struct inner_run *ret)
{
    *ret = (struct inner_run){.from = *pos, .bare = true, .begins = *at == INNER_OUT};
    while (*pos < to && next(*at, text.p[*pos]) == INNER_BARE) {
        *at = INNER_BARE;
        ++*pos;
    }
    ret->to = *pos;
}

bool inner_next_run(struct slice text, size_t to, size_t *pos, enum inner *at,
                    struct inner_run *ret)
{
    while (*pos < to) {
        enum inner then = next(*at, text.p[*pos]);
        *ret = (struct inner_run){0};
        if (then == INNER_BARE)
            bare_run(text, to, pos, at, ret);
        else if (*at == INNER_STRING && then != INNER_OUT)
            string_run(text, to, pos, at, ret);
        else {
            *at = then;
            ++*pos;
        }
        if (ret->to > ret->from) return true;
    }
    return false;
}
