/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/config/config_keys.h"
#include "base/near.h"
#include "base/num.h"
#include "base/utf8.h"
#include "guard/config/policy_keys.h"
#include <stdarg.h>

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define KIB    UINT64_C(1024)
#define MIB    (1024 * KIB)
#define GIB    (1024 * MIB)

#define AT(type, member) offsetof(struct type, member), 0

static const struct key top[] = {
    {"mode", KEY_TEXT, AT(guard_config, mode), 0, 0, 0, "observe|enforce"},
    {"own", KEY_TEXT, AT(guard_config, own), 0, 0, 0, "loopback|any"},
    {"threads", KEY_COUNT, AT(guard_config, threads), 0, GUARD_THREADS_MAX, 0, NULL},
    {NULL},
};

static const struct key limits[] = {
    {"head", KEY_SIZE, AT(guard_limits, head), 1 * KIB, 1 * MIB, 32 * KIB, NULL},
    {"target", KEY_SIZE, AT(guard_limits, target), 64, 64 * KIB, 8 * KIB, NULL},
    {"body", KEY_SIZE, AT(guard_limits, body), 1, 1024 * GIB, 64 * MIB, NULL},
    {"replay", KEY_SIZE, AT(guard_limits, replay), 0, 16 * MIB, 64 * KIB, NULL},
    {"connections", KEY_COUNT, AT(guard_limits, connections), 1, 1000000, 10000, NULL},
    {"per_client", KEY_COUNT, AT(guard_limits, client_connections), 1, 1000000, 256, NULL},
    {"requests_per_client", KEY_COUNT, AT(guard_limits, client_requests), 1, 1000000, 256, NULL},
    {NULL},
};

static const struct key timeouts[] = {
    {"head", KEY_TIME, AT(guard_timeouts, head), 1, HOUR, 10 * SECOND, NULL},
    {"idle", KEY_TIME, AT(guard_timeouts, idle), 1, 24 * HOUR, 75 * SECOND, NULL},
    {"connect", KEY_TIME, AT(guard_timeouts, connect), 1, HOUR, 5 * SECOND, NULL},
    {"answer", KEY_TIME, AT(guard_timeouts, answer), 1, 24 * HOUR, 10 * MINUTE, NULL},
    {"stall", KEY_TIME, AT(guard_timeouts, stall), 1, 24 * HOUR, 5 * MINUTE, NULL},
    {"drain", KEY_TIME, AT(guard_timeouts, drain), 1, 24 * HOUR, 30 * SECOND, NULL},
    {"resolve", KEY_TIME, AT(guard_timeouts, resolve), 1, 24 * HOUR, 30 * SECOND, NULL},
    {"linger", KEY_TIME, AT(guard_timeouts, linger), 1, MINUTE, 2 * SECOND, NULL},
    {"body_rate", KEY_COUNT, AT(guard_timeouts, body_rate), 1, GIB, 256, NULL},
    {NULL},
};

static const struct key log_keys[] = {
    {"path", KEY_TEXT, AT(guard_log_keys, path), 0, 0, 0, NULL},
    {"key", KEY_TEXT, AT(guard_log_keys, key), 0, 0, 0, NULL},
    {"audit_full", KEY_TEXT, AT(guard_log_keys, full), 0, 0, 0, "block|continue"},
    {"stderr", KEY_TEXT, AT(guard_log_keys, lines), 0, 0, 0, "text|json"},
    {"keep_days", KEY_COUNT, AT(guard_log_keys, keep_days), 1, 36500, 0, NULL},
    {"keep_size", KEY_SIZE, AT(guard_log_keys, keep_size), 1 * MIB, 1024 * 1024 * GIB, 0, NULL},
    {NULL},
};

static const struct key listen_keys[] = {
    {"address", KEY_TEXT, AT(guard_listen, address_text), 0, 0, 0, NULL},
    {"certificate", KEY_TEXT, AT(guard_listen, certificate), 0, 0, 0, NULL},
    {"key", KEY_TEXT, AT(guard_listen, key), 0, 0, 0, NULL},
    {"more", KEY_LIST, offsetof(struct guard_listen, more),
     offsetof(struct guard_listen, more_count), 0, 30, 0, NULL},
    {"client_ca", KEY_TEXT, AT(guard_listen, client_ca), 0, 0, 0, NULL},
    {"client_certificate", KEY_TEXT, AT(guard_listen, client_certificate), 0, 0, 0,
     "required|optional"},
    {NULL},
};

static const struct key upstream[] = {
    {"name", KEY_TEXT, AT(guard_upstream, name), 0, 0, 0, NULL},
    {"url", KEY_TEXT, AT(guard_upstream, url_text), 0, 0, 0, NULL},
    {"ca", KEY_TEXT, AT(guard_upstream, ca), 0, 0, 0, NULL},
    {"certificate", KEY_TEXT, AT(guard_upstream, certificate), 0, 0, 0, NULL},
    {"key", KEY_TEXT, AT(guard_upstream, key), 0, 0, 0, NULL},
    {"server_name", KEY_TEXT, AT(guard_upstream, server_name), 0, 0, 0, NULL},
    {"health", KEY_TEXT, AT(guard_upstream, health), 0, 0, 0, NULL},
    {"health_every", KEY_TIME, AT(guard_upstream, health_every), 10, HOUR, 5 * SECOND, NULL},
    {"health_timeout", KEY_TIME, AT(guard_upstream, health_timeout), 10, HOUR, 2 * SECOND, NULL},
    {"health_rise", KEY_COUNT, AT(guard_upstream, health_rise), 1, 100, 2, NULL},
    {"health_fall", KEY_COUNT, AT(guard_upstream, health_fall), 1, 100, 3, NULL},
    {"break_after", KEY_COUNT, AT(guard_upstream, break_after), 1, 10000, 5, NULL},
    {"break_for", KEY_TIME, AT(guard_upstream, break_for), 1, HOUR, 10 * SECOND, NULL},
    {"idle_connections", KEY_COUNT, AT(guard_upstream, idle_connections), 0, 10000, 64, NULL},
    {NULL},
};

static const struct key route[] = {
    {"name", KEY_TEXT, AT(guard_route, name), 0, 0, 0, NULL},
    {"host", KEY_TEXT, AT(guard_route, host), 0, 0, 0, NULL},
    {"path", KEY_TEXT, AT(guard_route, path), 0, 0, 0, NULL},
    {"upstreams", KEY_LIST, offsetof(struct guard_route, upstreams),
     offsetof(struct guard_route, upstream_count), 1, GUARD_MEMBERS_MAX, 0, NULL},
    {"retry_on", KEY_LIST, offsetof(struct guard_route, retry_texts),
     offsetof(struct guard_route, retry_count), 0, 6, 0, NULL},
    {"upgrade", KEY_TEXT, AT(guard_route, upgrade_text), 0, 0, 0, "refuse|ignore"},
    {"send_host", KEY_TEXT, AT(guard_route, host_text), 0, 0, 0, "upstream|client"},
    {"body", KEY_SIZE, AT(guard_route, body), 1, 1024 * GIB, 0, NULL},
    {NULL},
};

static const struct {
    const struct key *keys;
    const char *others; /* what else may stand there: tables that are read one by one */
} sections[SECTION_COUNT] = {
    [SECTION_TOP] = {top, "limits timeouts log listen upstream route policy"},
    [SECTION_LIMITS] = {limits, ""},
    [SECTION_TIMEOUTS] = {timeouts, ""},
    [SECTION_LOG] = {log_keys, ""},
    [SECTION_LISTEN] = {listen_keys, ""},
    [SECTION_UPSTREAM] = {upstream, ""},
    [SECTION_ROUTE] = {route, ""},
    [SECTION_POLICY] = {policy_keys, "scope row tenant"},
    [SECTION_SCOPE] = {scope_keys, ""},
    [SECTION_ROW] = {row_keys, ""},
    [SECTION_TENANT] = {tenant_keys, ""},
};

PRINTF_LIKE(4, 0)
static void say(const struct reader *r, struct buf *out, const struct toml_node *at,
                const char *fmt, va_list args)
{
    char text[600];
    (void)vsnprintf(text, sizeof text, fmt, args);
    buf_str(out, r->file);
    if (at) buf_printf(out, ":%zu", at->line);
    buf_str(out, ": ");
    esc_tty(out, slice_str(text));
    buf_byte(out, '\n');
}

void reader_fault(struct reader *r, const struct toml_node *at, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(r, r->why, at, fmt, args);
    va_end(args);
    r->faults++;
}

void reader_note(struct reader *r, const struct toml_node *at, const char *fmt, ...)
{
    va_list args;
    if (!r->notes) return;
    va_start(args, fmt);
    say(r, r->notes, at, fmt, args);
    va_end(args);
}

/* ---- values ---- */

static void number(struct reader *r, const struct key *k, const struct toml_node *n, uint64_t value,
                   void *base)
{
    if (value < k->least || value > k->most)
        reader_fault(r, n, "%s must lie between %llu and %llu", k->name,
                     (unsigned long long)k->least, (unsigned long long)k->most);
    else
        memcpy((char *)base + k->at, &value, sizeof value);
}

static void count(struct reader *r, const struct key *k, const struct toml_node *n, void *base)
{
    if (n->kind == TOML_INTEGER && n->number >= 0)
        number(r, k, n, (uint64_t)n->number, base);
    else
        reader_fault(r, n, "%s is a number: %s = 4", k->name, k->name);
}

static void size(struct reader *r, const struct key *k, const struct toml_node *n, void *base)
{
    uint64_t bytes;
    if ((n->kind == TOML_STRING || n->kind == TOML_INTEGER) && num_size(n->text, &bytes))
        number(r, k, n, bytes, base);
    else
        reader_fault(r, n, "%s is a size: %s = \"64KiB\"", k->name, k->name);
}

/* "250ms", "30s", "5m", "1h" */
static bool duration(struct slice s, uint64_t *ret_ms)
{
    static const struct {
        const char *unit;
        uint64_t ms;
    } units[] = {{"ms", 1}, {"s", SECOND}, {"m", MINUTE}, {"h", HOUR}};
    uint64_t n;
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        struct slice unit = slice_str(units[i].unit);
        if (slice_ends(s, unit) && num_u64(slice_sub(s, 0, s.n - unit.n), &n))
            return num_mul(n, units[i].ms, ret_ms);
    }
    return false;
}

static void time_span(struct reader *r, const struct key *k, const struct toml_node *n, void *base)
{
    uint64_t ms;
    if (n->kind == TOML_STRING && duration(n->text, &ms))
        number(r, k, n, ms, base);
    else
        reader_fault(r, n, "%s is a time: %s = \"30s\" (ms, s, m, h)", k->name, k->name);
}

static bool chosen(const char *choices, struct slice text)
{
    struct slice rest = slice_str(choices), one;
    while (slice_split(&rest, '|', &one))
        if (slice_eq(one, text)) return true;
    return false;
}

static void not_chosen(struct reader *r, const struct key *k, const struct toml_node *n)
{
    reader_fault(r, n, "%s is one of %s, not '%.*s'", k->name, k->choices, SLICE_ARG(n->text));
}

static void text(struct reader *r, const struct key *k, const struct toml_node *n, void *base)
{
    if (n->kind != TOML_STRING || !n->text.n || slice_find_byte(n->text, 0) != SIZE_MAX)
        reader_fault(r, n, "%s is a text: %s = \"...\"", k->name, k->name);
    else if (k->choices && !chosen(k->choices, n->text))
        not_chosen(r, k, n);
    else
        memcpy((char *)base + k->at, &n->text, sizeof n->text);
}

static void list(struct reader *r, const struct key *k, const struct toml_node *n, void *base)
{
    size_t used = 0;
    struct slice *items = ARENA_ARRAY(r->arena, struct slice, n->count + 1);
    bool ok = n->kind == TOML_ARRAY && n->count >= k->least && n->count <= k->most && items;
    for (const struct toml_node *i = ok ? n->first : NULL; i && ok; i = i->next) {
        ok = i->kind == TOML_STRING && i->text.n && slice_find_byte(i->text, 0) == SIZE_MAX;
        if (ok && k->choices && !chosen(k->choices, i->text)) {
            not_chosen(r, k, i);
            return;
        }
        items[used++] = i->text;
    }
    if (!ok)
        reader_fault(r, n, "%s is a list of %llu to %llu texts: %s = [\"...\"]", k->name,
                     (unsigned long long)k->least, (unsigned long long)k->most, k->name);
    if (!ok) return;
    memcpy((char *)base + k->at, &items, sizeof(struct slice *));
    memcpy((char *)base + k->at_count, &used, sizeof used);
}

static void value(struct reader *r, const struct key *k, const struct toml_node *n, void *base)
{
    static void (*const readers[])(struct reader *, const struct key *, const struct toml_node *,
                                   void *) = {text, list, count, size, time_span};
    readers[k->kind](r, k, n, base);
}

/* ---- sections ---- */

static const struct key *key_of(enum section s, struct slice name)
{
    for (const struct key *k = sections[s].keys; k->name; k++)
        if (slice_eq(slice_str(k->name), name)) return k;
    return NULL;
}

static bool is_other(enum section s, struct slice name)
{
    struct slice rest = slice_str(sections[s].others), one;
    while (slice_split(&rest, ' ', &one))
        if (slice_eq(one, name)) return true;
    return false;
}

static void unknown(struct reader *r, enum section s, const struct toml_node *n)
{
    struct buf known;
    struct near near = near_to(n->key);
    buf_init(&known, 1024);
    for (const struct key *k = sections[s].keys; k->name; k++) {
        (void)near_try(&near, k->name);
        buf_printf(&known, "%s%s", known.n ? ", " : "", k->name);
    }
    if (near.best)
        reader_fault(r, n, "%.*s is not known here; did you mean %s?", SLICE_ARG(n->key),
                     near.best);
    else
        reader_fault(r, n, "%.*s is not known here; what is: %s %s", SLICE_ARG(n->key),
                     buf_text(&known), sections[s].others);
    buf_done(&known);
}

static void usual(enum section s, void *base)
{
    for (const struct key *k = sections[s].keys; k->name; k++)
        if (k->kind != KEY_TEXT && k->kind != KEY_LIST)
            memcpy((char *)base + k->at, &k->usual, sizeof k->usual);
}

void section_read(struct reader *r, enum section s, const struct toml_node *table, void *base)
{
    usual(s, base);
    if (table && table->kind != TOML_TABLE) {
        reader_fault(r, table, "this must be a table");
        return;
    }
    for (const struct toml_node *n = table ? table->first : NULL; n; n = n->next) {
        const struct key *k = key_of(s, n->key);
        if (k)
            value(r, k, n, base);
        else if (!is_other(s, n->key))
            unknown(r, s, n);
    }
}

const struct toml_node *section_tables(struct reader *r, const struct toml_node *table,
                                       const char *name, size_t most, size_t *ret_count)
{
    struct slice key = slice_str(name);
    size_t dot = slice_rfind_byte(key, '.');
    if (dot != SIZE_MAX) key = slice_sub(key, dot + 1, key.n);
    const struct toml_node *n = table ? toml_get(table, key) : NULL;
    *ret_count = 0;
    if (!n) return NULL;
    if (n->kind != TOML_ARRAY || n->count > most) {
        reader_fault(r, n, "%.*s stands in double brackets, at most %zu times: [[%s]]",
                     SLICE_ARG(key), most, name);
        return NULL;
    }
    *ret_count = n->count;
    return n->first;
}
