/* SPDX-License-Identifier: Apache-2.0 */
/* config_text.c - the few lines of YAML that matter, read line by line: "key: value".
 * Why not a YAML parser: the keys are looked for at any depth, and block scalars or anchors cannot
 * hide a key from a search that does not care for structure. */
#include "read/code/python_file.h"
#include "read/code/shell_file.h"
#include "read/config/config.h"
#include "read/config/config_part.h"
#include "read/data/card.h"
#include "read/text/text.h"

struct line {
    struct slice key, value;
    uint64_t at, number; /* of the value in the layer; from 1 */
};

/* Without quotes and a trailing comment. */
static struct slice plain(struct slice s)
{
    s = slice_trim(s);
    if (s.n > 1 && (s.p[0] == '"' || s.p[0] == '\'')) {
        size_t end = slice_find_byte(slice_sub(s, 1, s.n), s.p[0]);
        if (end != SIZE_MAX) return slice_sub(s, 1, end);
    }
    size_t comment = slice_find(s, S(" #"));
    return comment == SIZE_MAX ? s : slice_trim(slice_sub(s, 0, comment));
}

/* The next line that has the form; false at the end. */
static bool next_line(struct slice bytes, size_t *at, struct line *ret)
{
    while (*at < bytes.n) {
        size_t n = slice_find_byte(slice_sub(bytes, *at, bytes.n), '\n');
        struct slice text = slice_sub(bytes, *at, n == SIZE_MAX ? bytes.n : n);
        size_t colon = slice_find_byte(text, ':');
        ret->at = *at;
        ret->number++;
        *at += text.n + 1;
        if (colon == SIZE_MAX) continue;
        struct slice key = slice_trim(slice_sub(text, 0, colon));
        while (key.n && (key.p[0] == '-' || key.p[0] == '{' || key.p[0] == ' '))
            key = slice_sub(key, 1, key.n);
        ret->key = plain(key);
        ret->value = plain(slice_sub(text, colon + 1, text.n));
        return true;
    }
    return false;
}

/* "!!python/object/apply:os.system" makes PyYAML call it. */
static void python_tag(struct reading *r, const struct line *l)
{
    size_t at = slice_find(l->value, S("!!python/"));
    if (at == SIZE_MAX) return;
    tell_anomaly(r, ANOMALY_CONFIG_CALL, l->at, "%.*s: %.*s", SLICE_ARG(l->key),
                 SLICE_ARG(l->value));
}

static void loader_module(struct reading *r, const struct line *l)
{
    if (slice_starts(l->value, S("mlflow."))) return;
    tell_anomaly(r, ANOMALY_LOCAL_CODE, l->at, "%.*s: %.*s", SLICE_ARG(l->key),
                 SLICE_ARG(l->value));
}

enum st config_yaml_lines(struct reading *r)
{
    struct line l = {0};
    size_t at = 0;
    while (next_line(r->layer->bytes, &at, &l)) {
        if (!budget_work(r->budget, 1 + l.value.n / 16)) return ST_LIMIT;
        if (slice_eq(l.key, S("_target_"))) config_target(r, l.key, l.value, l.at);
        if (slice_eq(l.key, S("loader_module"))) loader_module(r, &l);
        python_tag(r, &l);
    }
    return ST_OK;
}

enum st config_text_read(struct reading *r)
{
    tell_format(r, FMT_TEXT, NULL);
    enum st st = dvc_file(r);
    if (st == ST_OK && slice_eq(config_base(r->layer->name), S("MLmodel")))
        st = config_yaml_lines(r);
    if (st == ST_OK && slice_ends_nocase(r->layer->name, S(".pth"))) st = startup_read(r);
    return st == ST_OK ? lines_read(r) : st;
}

static enum st front_done(struct reading *r)
{
    enum st st = markdown_scripts(r, r->layer->bytes);
    return st == ST_OK ? lines_read(r) : st;
}

/* One licence, or several between brackets. */
static void tell_licences(const struct reading *r, struct slice list, size_t at, uint64_t line)
{
    struct slice one;
    if (slice_starts(list, S("[")))
        list = slice_sub(list, 1, list.n - 1 - slice_ends(list, S("]")));
    while (slice_split(&list, ',', &one)) {
        one = plain(one);
        if (one.n) tell_licence(r, one, at, line);
    }
}

/* license: mit, or a list below it; license_name says which one "other" is. */
static void front_licences(const struct reading *r, struct slice front)
{
    struct slice rest = front, line;
    uint64_t number = 0;
    bool list = false;
    for (size_t at = 0; slice_split(&rest, '\n', &line); at += line.n + 1) {
        struct slice text = slice_trim(line);
        bool named = slice_starts(line, S("license_name:"));
        bool key = named || slice_starts(line, S("license:")) || slice_starts(line, S("licence:"));
        struct slice value = slice_sub(text, named ? 13 : 8, text.n);
        bool item = list && slice_starts(text, S("-"));
        number++;
        if (item) value = slice_sub(text, 1, text.n);
        if (key || item) tell_licences(r, plain(value), at, number);
        list = item || (key && !slice_trim(value).n);
    }
}

enum st config_markdown_read(struct reading *r)
{
    struct slice bytes = r->layer->bytes;
    struct line l = {0};
    size_t at = 0;
    tell_format(r, FMT_MARKDOWN, NULL);
    if (!slice_starts(bytes, S("---\n")) && !slice_starts(bytes, S("---\r\n")))
        return front_done(r);
    size_t end = slice_find(slice_sub(bytes, 4, (size_t)64 << 10), S("\n---"));
    struct slice front = slice_sub(bytes, 0, end == SIZE_MAX ? 0 : end + 4);
    dataset_card(r, front);
    front_licences(r, front);
    while (next_line(front, &at, &l)) {
        if (!l.value.n) continue;
        if (slice_eq(l.key, S("base_model"))) tell_card(r, CARD_BASE_MODEL, l.value);
    }
    return front_done(r);
}
