/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/surface/inner.h"

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

/* A run inside a string; ends before its quote, and not in an escape that stays. */
static void string_run(struct inner_scan *s, struct inner_run *ret)
{
    size_t i = s->at;
    enum inner state = s->state;
    ret->from = ret->to = i;
    while (i < s->text.n && (i < s->to || state != INNER_STRING)) {
        enum inner then = next(state, s->text.p[i]);
        if (then == INNER_OUT) break;
        state = then;
        i++;
        if (state == INNER_STRING) ret->to = i;
    }
    s->taken = state != INNER_STRING && s->goes_on;
    s->state = state;
    s->at = i;
    if (s->taken) ret->to = i;
}

static void bare_run(struct inner_scan *s, struct inner_run *ret)
{
    *ret = (struct inner_run){.from = s->at, .bare = true, .begins = s->state == INNER_OUT};
    while (s->at < s->to && next(s->state, s->text.p[s->at]) == INNER_BARE) {
        s->state = INNER_BARE;
        s->at++;
    }
    ret->to = s->at;
}

bool inner_next_run(struct inner_scan *s, struct inner_run *ret)
{
    while (s->at < s->to) {
        enum inner then = next(s->state, s->text.p[s->at]);
        *ret = (struct inner_run){0};
        if (then == INNER_BARE)
            bare_run(s, ret);
        else if (then != INNER_OUT &&
                 (s->state == INNER_STRING || (s->state != INNER_OUT && s->taken)))
            string_run(s, ret);
        else {
            s->state = then;
            s->at++;
        }
        if (ret->to > ret->from) return true;
    }
    return false;
}
