/* SPDX-License-Identifier: Apache-2.0 */
/* code_uri.c - scheme://user:password@host. Of a database's scheme it is secret.db_uri, of any
 * other pii.url.userinfo. An @ in the password is found, because the last one before the host
 * counts. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/engine/part.h"

#define AUTHORITY_MOST 400u

static const char *const databases[] = {
    "postgres",      "postgresql",  "mysql",     "mariadb",   "mongodb",  "mongodb+srv",
    "redis",         "rediss",      "amqp",      "amqps",     "mssql",    "oracle",
    "clickhouse",    "cassandra",   "snowflake", "sqlserver", "couchdb",  "neo4j",
    "bolt",          "cockroachdb", "db2",       "memcached", "nats",     "kafka",
    "elasticsearch", "ldap",        "ldaps",     "vertica",   "redshift",
};

/* mysql+pymysql and postgresql+psycopg2 name a driver behind the plus. */
static bool is_database(struct slice scheme)
{
    for (size_t i = 0; i < COUNT_OF(databases); i++) {
        struct slice name = slice_str(databases[i]);
        if (scheme.n < name.n || !slice_eq_nocase(slice_sub(scheme, 0, name.n), name)) continue;
        if (scheme.n == name.n || scheme.p[name.n] == '+') return true;
    }
    return false;
}

static bool ends_authority(uint8_t c)
{
    return c <= ' ' || c >= 0x7f || strchr("/?#\"'<>`\\|,;(){}", c);
}

static bool is_local(struct slice host)
{
    return slice_starts(host, S("localhost")) || slice_starts(host, S("127.")) ||
           slice_starts(host, S("[::1]")) || slice_starts(host, S("0.0.0.0"));
}

struct parts {
    struct slice scheme, user, password, host;
    size_t from, to;
};

static bool take_apart(struct search *s, const struct view *v, size_t at, struct parts *p)
{
    struct slice t = v->text;
    size_t from = at - 3, end = at;
    while (from > 0 && at - from < 24 &&
           (ascii_alnum(t.p[from - 1]) || (t.p[from - 1] && strchr("+.-", t.p[from - 1]))))
        from--;
    while (from + 3 < at && !ascii_letter(t.p[from])) from++;
    p->scheme = slice_sub(t, from, at - 3 - from);
    while (end < t.n && end - at < AUTHORITY_MOST && !ends_authority(t.p[end])) end++;
    if (end == t.n) find_wait(s, v, from);
    struct slice authority = slice_sub(t, at, end - at);
    size_t sign = slice_rfind_byte(authority, '@'), colon = slice_find_byte(authority, ':');
    if (sign == SIZE_MAX || colon == SIZE_MAX || colon > sign) return false;
    p->user = slice_sub(authority, 0, colon);
    p->password = slice_sub(authority, colon + 1, sign - colon - 1);
    p->host = slice_sub(authority, sign + 1, authority.n);
    p->from = from;
    p->to = end;
    return p->scheme.n >= 2 && p->password.n && p->host.n;
}

/* Do letters of the password stand for a value to be filled in, as in $PASSWORD or PASSWORD? */
static bool is_variable(struct slice s)
{
    if (s.p[0] == '$' || s.p[0] == '%') return s.n > 1 && (ascii_letter(s.p[1]) || s.p[1] == '(');
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_upper(s.p[i]) && s.p[i] != '_') return false;
    return true;
}

void code_uri(struct search *s, const struct view *v, size_t end)
{
    struct parts p;
    if (!take_apart(s, v, end, &p)) return;
    if (doubt_password(p.password) || is_variable(p.password)) return;
    bool database = is_database(p.scheme);
    unsigned d = database ? is_secret_db_uri : is_pii_url_userinfo;
    struct waiting w = {.hit = {.detector = &detectors_table[d],
                                .from = v->base + p.from,
                                .to = v->base + p.to,
                                .sureness = HIT_SURE,
                                .severity = detectors_table[d].severity},
                        .score = 9500};
    if (slice_eq(p.user, p.password)) w.hit.sureness = HIT_WEAK;
    if (is_local(p.host) && w.hit.severity > SEV_MEDIUM) w.hit.severity = SEV_MEDIUM;
    hits_add(&s->hits, &w);
}
