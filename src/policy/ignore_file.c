/* SPDX-License-Identifier: Apache-2.0 */
/* ignore_file.c - reading and writing .merlonignore.toml. */
#include "base/num.h"
#include "base/utf8.h"
#include "codec/toml.h"
#include "finding/rules.h"
#include "policy/allow.h"
#include "policy/ignore.h"

#define FOR_GOOD INT64_MAX

/* Days of the civil calendar (proleptic Gregorian), counted from 1970-01-01. */
static int64_t days(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool day_parse(struct slice s, int64_t *ret)
{
    static const uint8_t last[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint64_t y, m, d;
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !num_u64(slice_sub(s, 0, 4), &y) ||
        !num_u64(slice_sub(s, 5, 2), &m) || !num_u64(slice_sub(s, 8, 2), &d))
        return false;
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    if (m < 1 || m > 12 || d < 1 || d > last[m - 1] || (m == 2 && d == 29 && !leap)) return false;
    *ret = days((int64_t)y, (int64_t)m, (int64_t)d);
    return true;
}

/* ---- reading ---- */

static bool text_field(const struct toml_node *n, struct slice *ret)
{
    bool ok = n->kind == TOML_STRING || n->kind == TOML_DATE;
    if (ok) *ret = slice_trim(n->text);
    return ok;
}

static const char *read_fields(const struct toml_node *table, struct ignore_entry *e)
{
    const char *wrong = NULL;
    for (const struct toml_node *n = table->first; n; n = n->next) {
        const struct {
            struct slice key;
            struct slice *to;
        } fields[] = {
            {S("rule"), &e->rule},     {S("path"), &e->path}, {S("fingerprint"), &e->fingerprint},
            {S("reason"), &e->reason}, {S("by"), &e->by},     {S("owner"), &e->by},
            {S("until"), &e->until}};
        struct slice *to = NULL;
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
            if (slice_eq(n->key, fields[i].key)) to = fields[i].to;
        if (!to)
            wrong = "it has a key that is none of rule, path, fingerprint, reason, until, by";
        else if (!text_field(n, to))
            wrong = "a value is not a text in quotes";
    }
    return wrong;
}

static bool rule_exists(struct slice pattern)
{
    for (size_t i = 0; i < rule_count(); i++)
        if (allow_covers(pattern, slice_str(rule_at(i)->id))) return true;
    return false;
}

static const char *check_fields(struct ignore_entry *e)
{
    e->until_day = FOR_GOOD;
    if (!e->rule.n) return "it names no rule";
    if (!rule_exists(e->rule)) return "there is no such rule";
    if (ignore_forbids(e->rule)) return "findings about suppressions stay";
    if (!e->reason.n) return "it gives no reason";
    if (e->until.n && !day_parse(e->until, &e->until_day))
        return "until is no date like 2027-03-31";
    return NULL;
}

static void read_entry(const struct toml_node *table, int64_t today, struct ignore_entry *e)
{
    *e = (struct ignore_entry){.line = table->line, .until_day = FOR_GOOD};
    const char *unknown = read_fields(table, e), *missing = check_fields(e);
    e->wrong = unknown ? unknown : missing;
    if (e->wrong)
        e->state = IGNORE_INVALID;
    else if (e->until_day < today)
        e->state = IGNORE_LAPSED;
}

static void file_error(struct ignore_list *l, size_t line, size_t column, const char *what,
                       const char *fix)
{
    l->error = what;
    l->error_fix = fix;
    l->error_line = line;
    l->error_column = column;
}

bool ignore_parse(struct slice text, struct slice file, int64_t today, struct arena *a,
                  struct ignore_list *ret)
{
    struct toml_error error;
    *ret = (struct ignore_list){.file = file};
    struct slice copy = arena_copy(a, text);
    if (!copy.p) return false;
    const struct toml_node *root = toml_parse(copy, a, &error);
    if (!root) return file_error(ret, error.line, error.column, error.what, error.fix), true;
    for (const struct toml_node *n = root->first; n; n = n->next)
        if (!slice_eq(n->key, S("ignore")) || n->kind != TOML_ARRAY)
            return file_error(ret, n->line, n->column, "something that is no [[ignore]] entry",
                              "each entry begins with [[ignore]]"),
                   true;
    const struct toml_node *all = toml_get(root, S("ignore"));
    if (!all) return true;
    ret->entries = ARENA_ARRAY(a, struct ignore_entry, all->count);
    if (!ret->entries) return false;
    for (const struct toml_node *n = all->first; n; n = n->next) {
        if (n->kind == TOML_TABLE) read_entry(n, today, &ret->entries[ret->count++]);
    }
    return true;
}

/* ---- writing ---- */

static void field(struct buf *out, const char *key, struct slice text)
{
    if (!text.n) return;
    buf_printf(out, "%s = \"", key);
    esc_json(out, text);
    buf_str(out, "\"\n");
}

void ignore_write(struct buf *out, const struct ignore_entry *e)
{
    buf_str(out, "[[ignore]]\n");
    field(out, "rule", e->rule);
    field(out, "path", e->path);
    field(out, "fingerprint", e->fingerprint);
    field(out, "reason", e->reason);
    if (e->until.n) buf_printf(out, "until = %.*s\n", SLICE_ARG(e->until));
    field(out, "by", e->by);
}

/* The entry that the header on this line opens, or NULL. */
static const struct ignore_entry *entry_at(const struct ignore_list *l, size_t line)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->entries[i].line == line) return &l->entries[i];
    return NULL;
}

bool ignore_without(struct slice text, const struct ignore_list *l,
                    bool (*drop)(const void *ctx, const struct ignore_entry *e), const void *ctx,
                    struct buf *out)
{
    struct slice rest = text, line;
    bool dropping = false;
    for (size_t number = 1; rest.n && slice_split(&rest, '\n', &line); number++) {
        const struct ignore_entry *e = entry_at(l, number);
        if (e) dropping = drop(ctx, e);
        if (dropping) continue;
        buf_add(out, line);
        if (rest.p) buf_byte(out, '\n');
    }
    return buf_ok(out);
}
