/* SPDX-License-Identifier: Apache-2.0 */
/* fetch_json.c - objects that name a file to fetch, wherever they stand in JSON or JSON lines.
 * An object is a row when it has a URL. In JSON-LD (Croissant) pages, people and licences have
 * URLs, too: there only contentUrl counts. */
#include "codec/json.h"
#include "scan/fetch_list.h"

struct frame {
    struct fetch_row row;
    bool content;
};

struct objects {
    struct fetch_list *list;
    struct arena *arena;
    struct frame frames[JSON_DEPTH_MAX];
    enum fetch_key key; /* of the value that comes next */
    bool linked;        /* JSON-LD */
    uint64_t number;
};

static bool close_object(struct objects *o, struct frame *f)
{
    bool is_row = f->row.url.n && (!o->linked || f->content);
    bool local = f->content && !slice_has(f->row.url, S("://")); /* lies in another file */
    if (!is_row || local) return true;
    /* Croissant's names are titles as often as file names */
    if (f->content && slice_find_byte(f->row.name, '.') == SIZE_MAX) f->row.name = S("");
    f->row.line = ++o->number;
    return fetch_list_add(o->list, o->arena, f->row);
}

static void put_text(struct frame *f, enum fetch_key key, struct slice text)
{
    if (!text.n) return;
    if (key == KEY_URL && !f->content) f->row.url = text;
    if (key == KEY_CONTENT_URL) f->row.url = text, f->content = true;
    if (key == KEY_NAME) f->row.name = text;
    if (key == KEY_HASH && !fetch_take_hash(&f->row, text))
        f->row.wrong = "its hash has no known length";
}

static bool take(struct objects *o, struct json *j, unsigned depth)
{
    struct frame *f = &o->frames[depth < JSON_DEPTH_MAX ? depth : JSON_DEPTH_MAX - 1];
    struct slice text;
    switch (j->token) {
    case JSON_OBJECT: o->frames[j->depth - 1] = (struct frame){0}; break;
    case JSON_OBJECT_END: return close_object(o, &o->frames[j->depth]);
    case JSON_KEY:
        if (json_is(j, S("@context"))) o->linked = true;
        text = json_text(j, o->arena);
        o->key = fetch_key_of(text);
        return text.p != NULL;
    case JSON_STRING:
        text = o->key == KEY_NONE ? S("") : json_text(j, o->arena);
        if (j->depth && j->in_object[j->depth - 1]) put_text(f, o->key, text);
        return text.p != NULL;
    default: break;
    }
    o->key = KEY_NONE;
    return true;
}

/* One value; *ret_used bytes of the text were its. */
static bool read_value(struct objects *o, struct slice text, size_t *ret_used, bool *ret_bad)
{
    struct json j;
    json_init(&j, text);
    while (json_next(&j) != JSON_END && j.token != JSON_BAD) {
        if (!take(o, &j, j.depth ? j.depth - 1 : 0)) return false;
        bool closes = j.token == JSON_OBJECT_END || j.token == JSON_ARRAY_END;
        if (closes && j.depth == 0) break;
    }
    *ret_bad = j.token == JSON_BAD;
    *ret_used = j.at;
    return true;
}

static bool add_broken(struct objects *o)
{
    struct fetch_row row = {
        .url = S("(JSON)"), .line = ++o->number, .wrong = "the list is no sound JSON from here on"};
    return fetch_list_add(o->list, o->arena, row);
}

bool fetch_list_json(struct fetch_list *l, struct arena *a, struct slice text)
{
    struct objects *o = ARENA_NEW(a, struct objects);
    if (!o) return false;
    o->list = l;
    o->arena = a;
    while (slice_trim(text).n) {
        size_t used = 0;
        bool bad = false;
        if (!read_value(o, text, &used, &bad)) return false;
        if (bad || !used) return add_broken(o);
        text = slice_sub(text, used, text.n);
    }
    return true;
}
