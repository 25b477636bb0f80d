/* SPDX-License-Identifier: Apache-2.0 */
/* pbtxt.c - protobuf messages in text, as Triton's config.pbtxt has them. A stack of what is open;
 * whatever does not fit is passed over. */
#include "base/ascii.h"
#include "read/code/ini.h"

#define OPEN_MAX 64u

struct pbtxt {
    struct settings_maker *m;
    struct slice s;
    size_t at;
    uint32_t open[OPEN_MAX];
    bool list[OPEN_MAX];
    size_t depth;
    struct setting_key key;
    bool colon; /* a value is due */
};

static int peek(const struct pbtxt *p, size_t ahead)
{
    return p->at + ahead < p->s.n ? p->s.p[p->at + ahead] : -1;
}

static bool in_list(const struct pbtxt *p)
{
    return p->depth && p->list[p->depth - 1];
}

static void value(struct pbtxt *p, struct slice text, enum setting_kind kind, size_t at)
{
    uint32_t parent = p->depth ? p->open[p->depth - 1] : SETTING_NONE;
    struct setting_key key = in_list(p) ? (struct setting_key){S(""), at} : p->key;
    (void)settings_add(p->m, parent, kind, key, text, at, text.n);
    p->colon = false;
}

static void open_one(struct pbtxt *p, bool list)
{
    uint32_t parent = p->depth ? p->open[p->depth - 1] : SETTING_NONE;
    struct setting_key key = in_list(p) ? (struct setting_key){S(""), p->at} : p->key;
    if (p->depth == OPEN_MAX) return;
    p->list[p->depth] = list;
    p->open[p->depth++] =
        settings_add(p->m, parent, list ? SET_LIST : SET_MAP, key, S(""), p->at, 0);
    p->colon = false;
}

static void close_one(struct pbtxt *p)
{
    if (!p->depth) return;
    settings_close(p->m, p->open[--p->depth]);
    p->colon = false;
}

static void text(struct pbtxt *p)
{
    uint8_t quote = p->s.p[p->at];
    size_t from = p->at + 1, i = from;
    while (i < p->s.n && p->s.p[i] != quote && p->s.p[i] != '\n') i += p->s.p[i] == '\\' ? 2 : 1;
    if (i > p->s.n) i = p->s.n;
    value(p, slice_sub(p->s, from, i - from), SET_STRING, from);
    p->at = i + 1;
}

static void word(struct pbtxt *p)
{
    size_t from = p->at;
    while (peek(p, 0) >= 0 && (ascii_alnum((uint8_t)peek(p, 0)) || strchr("_-.+/", peek(p, 0))))
        p->at++;
    if (p->at == from) {
        p->at++;
        return;
    }
    struct slice s = slice_sub(p->s, from, p->at - from);
    if (p->colon || in_list(p))
        value(p, s, SET_PLAIN, from);
    else
        p->key = (struct setting_key){s, from};
}

void pbtxt_settings(struct settings_maker *m, struct slice s)
{
    struct pbtxt p = {.m = m, .s = s};
    while (p.at < s.n && m->st == ST_OK) {
        int c = peek(&p, 0);
        if (c == '#') {
            size_t nl = slice_find_byte(slice_sub(s, p.at, s.n), '\n');
            p.at = nl == SIZE_MAX ? s.n : p.at + nl;
        } else if (c == '"' || c == '\'') {
            text(&p);
        } else if (c == ':') {
            p.colon = true;
            p.at++;
        } else if (c == '{' || c == '<' || c == '[') {
            open_one(&p, c == '[');
            p.at++;
        } else if (c == '}' || c == '>' || c == ']') {
            close_one(&p);
            p.at++;
        } else {
            word(&p);
        }
    }
    while (p.depth) close_one(&p);
}
