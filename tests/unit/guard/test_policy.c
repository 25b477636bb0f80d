/* SPDX-License-Identifier: Apache-2.0 */
/* A policy: every key, every mistake with its line, what is hardly meant, who is whose tenant, and
 * damaged text and memory that runs out. */
#include "../test.h"
#include "../wrapped_heap.h"
#include "base/st.h"
#include "codec/http1.h"
#include "codec/toml.h"
#include "guard/config/config.h"
#include "guard/config/policy_read.h"
#include "port/openssl/digest.h"
#include <errno.h>

/* ---- a policy from texts in memory ---- */

struct text_file {
    const char *path, *text;
};
static struct text_file files[4];

static bool read_file(void *ctx, const char *path, struct buf *out)
{
    (void)ctx;
    for (size_t i = 0; i < COUNT_OF(files); i++)
        if (files[i].path && strcmp(files[i].path, path) == 0) {
            buf_str(out, files[i].text);
            return true;
        }
    errno = ENOENT;
    return false;
}

static const struct policy_files in_memory = {read_file, NULL};

static struct arena arena;
static struct buf why, notes;
static const struct guard_policy *policy;

static bool read_as(const char *text, bool enforce)
{
    const struct policy_in in = {enforce, &in_memory, &notes};
    buf_reset(&why);
    buf_reset(&notes);
    files[0] = (struct text_file){"/etc/p.toml", text};
    policy = policy_read_file(&in, "/etc/p.toml", &arena, &why);
    return policy;
}

static bool reads(const char *text)
{
    bool ok = read_as(text, true);
    if (!ok) print_error("%s\n%s\n", buf_text(&why), text);
    return ok;
}

static int setup(void **state)
{
    (void)state;
    memset(files, 0, sizeof files);
    arena_init(&arena, 64u << 20, 4096);
    buf_init(&why, 1u << 16);
    buf_init(&notes, 1u << 16);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    buf_done(&why);
    buf_done(&notes);
    return 0;
}

static bool has(const struct buf *b, const char *words)
{
    return slice_has(buf_slice(b), slice_str(words));
}

/* ---- every key ---- */

static const char everything_text[] =
    "[policy]\n"
    "tenant_header = 'x-team'\nstream = 'window'\nunknown = 'pass'\ndeadline = '50ms'\n"
    "answer_most = '1MiB'\ncapture = 'masked'\nopaque = 'pass'\nexamples = 'judge'\nchecks_off = "
    "['schema']\n"
    "fail_open = ['links', 'prompt']\nschema = 'a.json'\ncanaries = ['zebra-umbrella-41']\n"
    "canary_file = 'canaries.txt'\ndeny = ['Project Falcon']\nallow = ['falcon@corp.net']\n"
    "links = ['corp.net']\n"
    "[[policy.scope]]\nroute = '/v1/**'\ntenant = 'red-*'\nmode = 'observe'\nstream = 'hold'\n"
    "unknown = 'block'\ndeadline = '0s'\nfail_open = []\nlinks = ['red.net']\ndeny = ['blue']\n"
    "[[policy.scope]]\nroute = '/v2'\n"
    "[[policy.row]]\nrule = 'pii.*'\nside = 'answer'\nroles = ['assistant', 'tool']\n"
    "channels = ['text', 'tool_call']\nleast = 'high'\nroute = '/v1'\ntenant = 'red-*'\n"
    "action = 'block'\n"
    "[[policy.row]]\naction = 'shadow'\n"
    "[[policy.tenant]]\nname = 'red-one'\n"
    "keys = ['sha256:5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8']\n";

static void put_files(void)
{
    files[1] = (struct text_file){"/etc/a.json", "{\"type\":\"object\"}"};
    files[2] = (struct text_file){"/etc/canaries.txt", "kappa-theta-9000\r\n\n  omega-sigma-77\n"};
}

static void check_common(const struct guard_scope *s)
{
    assert_true(s->enforce && s->unknown_passes && s->capture && s->policy.examples_count);
    assert_true(s->policy.opaque_passes);
    assert_int_equal(s->stream, HOLD_BY_WINDOW);
    assert_int_equal(s->deadline_us, 50000);
    assert_int_equal(s->answer_most, 1u << 20);
    assert_true(s->checks.off[CHECK_SCHEMA] && !s->checks.off[CHECK_TEXT]);
    assert_true(s->policy.open[CHECK_LINKS] && s->policy.open[CHECK_LEAK]);
    assert_false(s->policy.open[CHECK_TEXT]);
    assert_true(s->checks.schema && s->checks.literals);
    assert_int_equal(s->checks.links.count, 1);
}

static void everything(void **state)
{
    (void)state;
    put_files();
    assert_true(reads(everything_text));
    assert_int_equal(policy->count, 3);
    assert_slice(policy->tenant_header, "x-team");
    assert_slice(policy->file, "/etc/p.toml");
    check_common(&policy->scopes[2]);
    check_common(&policy->scopes[1]);
    assert_ptr_equal(policy->scopes[1].checks.literals, policy->scopes[2].checks.literals);
    assert_slice(policy->scopes[1].route, "/v2");
    const struct guard_scope *red = &policy->scopes[0];
    assert_true(!red->enforce && !red->unknown_passes && red->capture);
    assert_int_equal(red->stream, HOLD_TIGHT);
    assert_int_equal(red->deadline_us, 0);
    assert_false(red->policy.open[CHECK_LINKS]);
    assert_int_equal(red->checks.links.count, 2);
    assert_slice(red->checks.links.hosts[1], "red.net");
    assert_ptr_not_equal(red->checks.literals, policy->scopes[2].checks.literals);
    assert_int_equal(red->line, 18);
    const struct policy_row *row = red->policy.rows;
    assert_int_equal(red->policy.count, policy_usual.count + 2);
    assert_slice(row->rule, "pii.*");
    assert_int_equal(row->sides, SIDE_ANSWER);
    assert_int_equal(row->roles, 1u << PART_ASSISTANT | 1u << PART_TOOL);
    assert_int_equal(row->channels, 1u << PART_TEXT | 1u << PART_TOOL_CALL);
    assert_int_equal(row->least, SEV_HIGH);
    assert_int_equal(row->action, ACT_BLOCK);
    assert_int_equal(row->line, 30);
    assert_int_equal(row[1].action, ACT_SHADOW);
    assert_int_equal(row[2].line, 0);
    assert_int_equal(strlen(policy->digest), 64);
    assert_false(has(&notes, "p.toml"));
}

static void what_is_not_said(void **state)
{
    (void)state;
    assert_true(read_as("[policy]\n", false));
    const struct guard_scope *s = policy->scopes, *usual = guard_policy_usual(false)->scopes;
    assert_int_equal(policy->count, 1);
    assert_true(!s->enforce && s->unknown_passes && s->stream == HOLD_OBSERVE);
    assert_int_equal(s->answer_most, usual->answer_most);
    assert_int_equal(s->policy.count, policy_usual.count);
    assert_null(s->checks.literals);
    assert_true(read_as("[[policy.scope]]\nroute = 'a'\nmode = 'observe'\n", true));
    assert_true(!policy->scopes[0].enforce && policy->scopes[0].stream == HOLD_OBSERVE);
    assert_true(policy->scopes[1].enforce && policy->scopes[1].stream == HOLD_TIGHT);
    const struct policy_in in = {.enforce = true, .files = &in_memory};
    assert_ptr_equal(policy_read(&in, "g", NULL, &arena, &why), guard_policy_usual(true));
    assert_int_equal(guard_policy_usual(true)->scopes->policy.count, policy_usual.count);
    assert_int_equal(guard_policy_usual(false)->scopes->policy.count, policy_usual.count);
    for (size_t i = 0; i < policy_usual.count; i++) assert_true(policy_usual.rows[i].rule.n);
}

/* The words of the tables are those that everybody else uses. */
static void names(void **state)
{
    char text[200];
    (void)state;
    for (unsigned i = 0; i < ACTIONS; i++) {
        (void)snprintf(text, sizeof text, "[[policy.row]]\naction='%s'\n", guard_action_name(i));
        assert_true(reads(text));
        assert_int_equal(policy->scopes->policy.rows->action, i);
    }
    for (unsigned i = 0; i < CHECKS; i++) {
        (void)snprintf(text, sizeof text, "[policy]\nfail_open=['%s']\n", guard_check_name(i));
        assert_true(reads(text) && policy->scopes->policy.open[i]);
    }
    for (unsigned i = 0; i < PART_CHANNELS; i++) {
        (void)snprintf(text, sizeof text, "[[policy.row]]\nchannels=['%s']\naction='flag'\n",
                       part_channel_name(i));
        assert_true(reads(text));
        assert_int_equal(policy->scopes->policy.rows->channels, 1u << i);
    }
    for (unsigned i = 0; i < PART_ROLES; i++) {
        (void)snprintf(text, sizeof text, "[[policy.row]]\nroles=['%s']\naction='flag'\n",
                       part_role_name(i));
        assert_true(reads(text));
        assert_int_equal(policy->scopes->policy.rows->roles, 1u << i);
    }
    for (unsigned i = 0; i < SEV_COUNT; i++) {
        (void)snprintf(text, sizeof text, "[[policy.row]]\nleast='%s'\naction='flag'\n",
                       severity_name(i));
        assert_true(reads(text));
        assert_int_equal(policy->scopes->policy.rows->least, i);
    }
}

/* ---- mistakes ---- */

#define ROW "[[policy.row]]\naction = 'flag'\n"

static void mistakes(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "/etc/p.toml: there is no [policy] in it"},
        {"[policy\n", "/etc/p.toml:1:"},
        {"policy = 1\n", "/etc/p.toml:1: policy is the name of a file"},
        {"policy = 'q.toml'\n", "/etc/p.toml:1: /etc/q.toml: No such file"},
        {"policy = 'p.toml'\n", "policy is the name of a file"},
        {"mode = 'enforce'\n[policy]\n", "/etc/p.toml:1: mode does not belong here"},
        {"[policy]\nmode = 'enforce'\n", "/etc/p.toml:2: mode is not known here"},
        {"[policy]\nstrem = 'hold'\n",
         "/etc/p.toml:2: strem is not known here; did you mean stream?"},
        {"[policy]\nstream = 'no'\n", "/etc/p.toml:2: stream is one of hold|window|buffer|observe"},
        {"[policy]\nunknown = 'no'\n", "unknown is one of block|pass"},
        {"[policy]\nopaque = 'no'\n", "opaque is one of block|pass"},
        {"[policy]\ncapture = true\n", "/etc/p.toml:2: capture is a text"},
        {"[policy]\ndeadline = 5\n", "deadline is a time"},
        {"[policy]\ndeadline = '2m'\n", "deadline must lie between 0 and 60000"},
        {"[policy]\nanswer_most = '1'\n", "answer_most must lie between 1024"},
        {"[policy]\nchecks_off = ['text', 'tex']\n", "checks_off is one of text|lists|links"},
        {"[policy]\nfail_open = 'text'\n", "fail_open is a list"},
        {"[policy]\nschema = 'a.json'\n", "/etc/a.json: No such file"},
        {"[policy]\nschema = 'bad.json'\n", "bad.json: 'anyOf' is not checked by Merlon"},
        {"[policy]\nschema = 'p.toml'\n", "p.toml is no JSON Schema"},
        {"[policy]\ncanary_file = '/none'\n", "/none: No such file"},
        {"[policy]\ncanaries = ['']\n", "/etc/p.toml:2: canaries is a list"},
        {"[policy]\ncanaries = [' ']\n", "canaries: an empty word is in everything"},
        {"[policy]\ndeny = [\"\\u200b\"]\n", "deny: an empty word is in everything"},
        {"[policy.scope]\nroute = 'a'\n", "/etc/p.toml:1: scope stands in double brackets, at most "
                                          "256 times: [[policy.scope]]"},
        {"[policy]\nscope = 1\n", "scope stands in double brackets"},
        {"[[policy.scope]]\nmode = 'enforce'\n", "/etc/p.toml:1: a scope is for some"},
        {"[[policy.scope]]\nroute = 'a'\nmode = 'off'\n",
         "/etc/p.toml:3: mode is one of observe|enforce"},
        {"[[policy.scope]]\nroute = 'a'\nschema = 'none'\n", "/etc/none: No such file"},
        {"[[policy.scope]]\nroute = 'a'\ntenant_header = 'x'\n", "tenant_header is not known here"},
        {"[[policy.row]]\nrule = 'pii.*'\n", "/etc/p.toml:1: a row says what is done"},
        {"[[policy.row]]\naction = 'deny'\n", "/etc/p.toml:2: action is one of allow|shadow|flag"},
        {ROW "side = 'both'\n", "side is one of request|answer"},
        {ROW "roles = []\n", "roles is a list of 1 to"},
        {ROW "roles = ['admin']\n", "/etc/p.toml:3: roles is one of system|user|assistant|tool"},
        {ROW "channels = ['sms']\n", "channels is one of text|tool_definition"},
        {ROW "least = 'huge'\n", "least is one of info|low|medium"},
        {ROW "rule = 'secrets.*'\n", "/etc/p.toml:1: 'secrets.*' fits no rule"},
        {ROW "rule = 'guard.canry'\n", "fits no rule; did you mean guard.canary?"},
        {ROW "roule = 'guard.canry'\n", "roule is not known here; did you mean rule?"},
        {"[[policy.tenant]]\nname = 'a'\n", "/etc/p.toml:1: a tenant has a name, and keys"},
        {"[[policy.tenant]]\nkeys = ['x']\n", "a tenant has a name, and keys"},
        {"[[policy.tenant]]\nname = 'a'\nkeys = ['sk-live-5']\n", "key 1 is not \"sha256:\""},
        {"[[policy.tenant]]\nname = 'a'\nkeys = ["
         "'sha256:5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8',"
         "'sha256:5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8']\n",
         "tenants a and a have the same key"},
    };
    (void)state;
    files[1] = (struct text_file){"/etc/bad.json", "{\"anyOf\":[]}"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool ok = read_as(rows[i].text, true);
        if (ok || !has(&why, rows[i].says))
            fail_msg("'%s' in: %s\nof: %s", rows[i].says, buf_text(&why), rows[i].text);
        assert_false(has(&why, "sk-live"));
        arena_reset(&arena);
    }
}

static void long_words(void **state)
{
    char text[700] = "[policy]\ndeny = ['";
    size_t n = strlen(text);
    (void)state;
    memset(text + n, 'x', 300);
    memcpy(text + n + 300, "']\n", 4);
    assert_false(read_as(text, true));
    assert_true(has(&why, "p.toml:1: deny: a word has at most 256 letters"));
}

static void hardly_meant(void **state)
{
    static const struct {
        const char *text, *says; /* NULL: nothing */
    } rows[] = {
        {"[policy]\ncanaries = ['pear']\n", "canaries: a canary of 4 letters is said by chance"},
        {"[policy]\ncanary_file = 'c'\n", "c:3: a canary of 3 letters is said by chance"},
        {"[policy]\ncanaries = ['pearls']\n", NULL},
        {ROW "rule = 'secret.*'\n" ROW "rule = 'secret.aws.*'\n",
         "p.toml:4: never reached: the row of line 1 takes all of it"},
        {ROW "rule = 'secret.aws.*'\n" ROW "rule = 'secret.*'\n", NULL},
        {ROW "roles = ['user']\n" ROW "roles = ['user', 'tool']\n", NULL},
        {ROW "roles = ['user', 'tool']\n" ROW "roles = ['user']\n", "p.toml:4: never reached"},
        {ROW "side = 'answer'\n" ROW, NULL},
        {ROW ROW "side = 'answer'\n", "p.toml:3: never reached"},
        {ROW "least = 'high'\n" ROW "least = 'medium'\n", NULL},
        {ROW "least = 'medium'\n" ROW "least = 'high'\n", "never reached"},
        {ROW "route = '/v1/*'\n" ROW "route = '/v1/chat'\n", "never reached"},
        {ROW "route = '/v1/*'\n" ROW "route = '/v1/**'\n", NULL},
        {"[[policy.scope]]\nroute='a'\n[[policy.scope]]\nroute='a'\n",
         "p.toml:3: never reached: the scope of line 1 takes all of it"},
        {"[policy]\ntenant_header='x'\n[[policy.scope]]\nroute='a'\ntenant='t'\n"
         "[[policy.scope]]\nroute='a'\n",
         NULL},
        {ROW "tenant = 'red'\n", "p.toml:1: no tenant is 'red'"},
        {"[[policy.scope]]\ntenant = 'red'\n", "p.toml:1: no tenant is 'red'"},
        {"[policy]\ntenant_header = 'x'\n" ROW "tenant = 'red'\n", NULL},
    };
    (void)state;
    files[1] = (struct text_file){"/etc/c", "quite-long-enough\n\nabc\n"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(reads(rows[i].text));
        bool right = rows[i].says ? has(&notes, rows[i].says) : !notes.n;
        if (!right) fail_msg("'%s' of: %s", buf_text(&notes), rows[i].text);
        arena_reset(&arena);
    }
}

static void routes(void **state)
{
    const struct slice names_of[] = {S("chat"), S("*.example/v1")};
    (void)state;
    assert_true(reads("[[policy.scope]]\nroute = 'chat'\n" ROW "route = '*'\n" ROW
                      "route = '**/v1'\n[[policy.scope]]\nroute = '/v2'\n"));
    policy_check_routes(policy, names_of, 2, &notes);
    assert_string_equal(buf_text(&notes), "/etc/p.toml:9: no route is '/v2'; what is: chat, "
                                          "*.example/v1 (* stops at a slash, ** does not)\n");
}

/* ---- where it stands ---- */

static void in_guard_toml(void **state)
{
    struct guard_config config;
    const struct policy_in in = {.files = &in_memory};
    const struct slice base = S("[[listen]]\naddress='127.0.0.1:1'\n[[upstream]]\nurl='http://a'\n"
                                "[[route]]\nname='chat'\npath='/v1'\n[[route]]\nhost='*.b'\n");
    char text[400];
    (void)state;
    (void)snprintf(text, sizeof text, "policy = 'p/q.toml'\n%.*s", SLICE_ARG(base));
    files[1] = (struct text_file){"/etc/p/q.toml", "[policy]\ncanary_file = 'c'\n"};
    files[2] = (struct text_file){"/etc/p/c", "horse-battery"};
    assert_true(guard_config_read(slice_str(text), "/etc/g.toml", &arena, &config, &why));
    assert_slice(config.routes[0].name, "chat");
    assert_slice(config.routes[1].name, "*.b/");
    policy = policy_read(&in, "/etc/g.toml", config.root, &arena, &why);
    assert_non_null(policy);
    assert_slice(policy->file, "/etc/p/q.toml");
    assert_non_null(policy->scopes->checks.literals);
    (void)snprintf(text, sizeof text, "%.*s[policy]\nunknown = 'pass'\n", SLICE_ARG(base));
    assert_true(guard_config_read(slice_str(text), "/etc/g.toml", &arena, &config, &why));
    policy = policy_read(&in, "/etc/g.toml", config.root, &arena, &why);
    assert_non_null(policy);
    assert_slice(policy->file, "/etc/g.toml");
    assert_true(reads(text)); /* --policy guard.toml */
}

static void digests(void **state)
{
    char first[65];
    (void)state;
    files[1] = (struct text_file){"/etc/c", "horse-battery"};
    assert_true(reads("[policy]\ncanary_file = 'c'\n" ROW));
    memcpy(first, policy->digest, sizeof first);
    assert_true(reads("# said differently\n\n[policy]\ncanary_file   = \"c\"\n" ROW));
    assert_string_equal(policy->digest, first);
    assert_true(reads("[policy]\ncanary_file = 'c'\n" ROW "side = 'answer'\n"));
    assert_string_not_equal(policy->digest, first);
    assert_true(read_as("[policy]\ncanary_file = 'c'\n" ROW, false));
    assert_string_not_equal(policy->digest, first);
    files[1].text = "horse-battery-staple";
    assert_true(reads("[policy]\ncanary_file = 'c'\n" ROW));
    assert_string_not_equal(policy->digest, first);
}

/* ---- tenants and rows at work ---- */

static struct slice tenant_of(const char *fields)
{
    static char text[600];
    static struct http1_head head;
    const struct http1_limits limits = {8192, 2048};
    (void)snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", fields);
    assert_int_equal(http1_request(slice_str(text), &limits, &head), HTTP1_FINE);
    return guard_policy_tenant(policy, &head);
}

static void tenants(void **state)
{
    (void)state;
    put_files();
    assert_true(reads(everything_text)); /* red-one's key is "password" */
    assert_slice(tenant_of("Authorization: Bearer password\r\n"), "red-one");
    assert_slice(tenant_of("authorization: bearer  password\r\nx-team: blue\r\n"), "red-one");
    assert_slice(tenant_of("x-api-key: password\r\n"), "red-one");
    assert_slice(tenant_of("api-key: password\r\n"), "red-one");
    assert_slice(tenant_of("x-api-key: passwords\r\nX-Team: blue\r\n"), "blue");
    assert_slice(tenant_of("Authorization: Basic password\r\n"), "");
    assert_true(reads("[policy]\n"));
    assert_slice(tenant_of("x-api-key: password\r\nx-team: blue\r\n"), "");
    policy = guard_policy_usual(true);
    assert_slice(tenant_of("x-api-key: password\r\n"), "");
}

static void rows_decide(void **state)
{
    struct part part = {.role = PART_USER};
    struct guard_match m = {.rule = rule_find(S("guard.deny-list")), .severity = SEV_MEDIUM};
    struct decision_in in = {.parts = &part, .tenant = S("red-2"), .route = S("/v1/chat")};
    (void)state;
    assert_true(reads("[policy]\ntenant_header = 'x'\n" ROW
                      "rule = 'guard.*'\ntenant = 'red-*'\nroute = '/v1/*'\n"));
    in.policy = &policy->scopes->policy;
    assert_int_equal(decide_row(&in, &m)->line, 3);
    assert_int_equal(decide_match(&in, &m), ACT_FLAG);
    in.tenant = S("blue");
    assert_int_equal(decide_row(&in, &m)->line, 0);
    assert_int_equal(decide_match(&in, &m), ACT_BLOCK);
}

static void scopes_fit(void **state)
{
    (void)state;
    put_files();
    assert_true(reads(everything_text));
    const struct guard_scope *s = policy->scopes;
    assert_ptr_equal(guard_policy_scope(policy, S("/v1/chat"), S("red-2")), &s[0]);
    assert_ptr_equal(guard_policy_scope(policy, S("/v1/chat"), S("blue")), &s[2]);
    assert_ptr_equal(guard_policy_scope(policy, S("/v1/chat"), S("")), &s[2]);
    assert_ptr_equal(guard_policy_scope(policy, S("/v2"), S("")), &s[1]);
}

/* ---- damage ---- */

static void damaged(void **state)
{
    static char text[sizeof everything_text];
    (void)state;
    put_files();
    for (size_t n = 0; n < sizeof text - 1; n++) {
        memcpy(text, everything_text, sizeof text);
        text[n] = 0;
        if (!read_as(text, true)) assert_true(why.n);
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(text, everything_text, sizeof text);
            text[n] = (char)(text[n] ^ 1 << bit);
            if (!read_as(text, true)) assert_true(why.n);
        }
        arena_reset(&arena);
    }
}

/* With an arena that asks the heap for each piece: whichever is refused, it is said. */
static void no_memory(void **state)
{
    (void)state;
    bool ok = false;
    put_files();
    arena_done(&arena);
    arena_init(&arena, 64u << 20, 0);
    for (long k = 1; !ok && k < 20000; k++) {
        heap_refuse(k);
        ok = read_as(everything_text, true);
        heap_refuse(0);
        if (!ok && buf_ok(&why)) assert_true(why.n);
        arena_done(&arena);
        arena_init(&arena, 64u << 20, 0);
        buf_done(&why);
        buf_init(&why, 1u << 16);
    }
    assert_true(ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_said, setup, teardown),
        cmocka_unit_test_setup_teardown(names, setup, teardown),
        cmocka_unit_test_setup_teardown(mistakes, setup, teardown),
        cmocka_unit_test_setup_teardown(long_words, setup, teardown),
        cmocka_unit_test_setup_teardown(hardly_meant, setup, teardown),
        cmocka_unit_test_setup_teardown(routes, setup, teardown),
        cmocka_unit_test_setup_teardown(in_guard_toml, setup, teardown),
        cmocka_unit_test_setup_teardown(digests, setup, teardown),
        cmocka_unit_test_setup_teardown(tenants, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_decide, setup, teardown),
        cmocka_unit_test_setup_teardown(scopes_fit, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged, setup, teardown),
        cmocka_unit_test_setup_teardown(no_memory, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
