/* SPDX-License-Identifier: Apache-2.0 */
/* fix_notebook.c - outputs and execution counts of a Jupyter notebook (nbformat 4), taken out. */
#include "codec/json.h"
#include "scan/fix.h"

struct strip {
    struct json json;
    struct finding_edit *ret;
    size_t count, most;
};

static void replace(struct strip *s, size_t from, size_t to, struct slice text)
{
    if (slice_eq(slice_sub(s->json.in, from, to - from), text)) return;
    if (s->count < s->most) s->ret[s->count] = (struct finding_edit){from, to, text};
    s->count++;
}

/* The value of the key that was just read. */
static bool strip_value(struct strip *s, struct slice with)
{
    json_next(&s->json);
    size_t from = s->json.start;
    if (!json_skip(&s->json)) return false;
    replace(s, from, s->json.at, with);
    return true;
}

static bool strip_cell(struct strip *s)
{
    while (json_next(&s->json) == JSON_KEY) {
        if (json_is(&s->json, S("outputs"))) {
            if (!strip_value(s, S("[]"))) return false;
        } else if (json_is(&s->json, S("execution_count"))) {
            if (!strip_value(s, S("null"))) return false;
        } else {
            json_next(&s->json);
            if (!json_skip(&s->json)) return false;
        }
    }
    return s->json.token == JSON_OBJECT_END;
}

static bool strip_cells(struct strip *s)
{
    if (json_next(&s->json) != JSON_ARRAY) return false;
    while (json_next(&s->json) == JSON_OBJECT)
        if (!strip_cell(s)) return false;
    return s->json.token == JSON_ARRAY_END;
}

size_t fix_notebook(struct slice text, struct finding_edit *ret, size_t most)
{
    struct strip s = {.ret = ret, .most = most};
    json_init(&s.json, text);
    if (json_next(&s.json) != JSON_OBJECT) return 0;
    while (json_next(&s.json) == JSON_KEY) {
        if (json_is(&s.json, S("cells"))) {
            if (!strip_cells(&s)) return 0;
            continue;
        }
        json_next(&s.json);
        if (!json_skip(&s.json)) return 0;
    }
    bool whole = s.json.token == JSON_OBJECT_END && json_next(&s.json) == JSON_END;
    return whole && s.count <= most ? s.count : 0;
}
