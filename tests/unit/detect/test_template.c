/* SPDX-License-Identifier: Apache-2.0 */
/* test_template.c - every golden template: honest ones stay clean, the others are found for what
 * they are. The first word of a malicious file's name says what that is. */
#include "../test.h"
#include "detect/judge.h"
#include "finding/rules.h"
#include "template_fixture.h"

static void honest_templates_stay_clean(void **state)
{
    (void)state;
    struct found found;
    struct golden_dir dir = golden_open("jinja/honest");
    unsigned count = 0;
    for (struct slice text; golden_next(&dir, &text); count++) {
        judge_one(text, &found);
        if (found.count) fail_msg("%s: %s: %s", dir.name, found.rule[0], found.evidence[0]);
    }
    assert_true(count >= 25);
}

static const char *const kinds[][2] = {
    {"walk", "model.template-injection"},    {"built", "model.template-injection"},
    {"filter", "model.template-injection"},  {"format", "model.template-injection"},
    {"flask", "model.template-injection"},   {"call", "model.template-injection"},
    {"hidden", "model.template-obfuscated"}, {"load", "model.template-import"},
    {"loop", "model.template-loop"},         {"cond", "model.template-conditional"},
    {"text", "model.template-instructions"},
};

static const char *expected_rule(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(name, kinds[i][0], strlen(kinds[i][0])) == 0) return kinds[i][1];
    return "?";
}

static void malicious_templates_are_found(void **state)
{
    (void)state;
    struct found found;
    struct golden_dir dir = golden_open("jinja/malicious");
    unsigned count = 0;
    for (struct slice text; golden_next(&dir, &text); count++) {
        judge_one(text, &found);
        const char *want = expected_rule(dir.name);
        /* what was assigned too often to be followed counts as hidden */
        if (strcmp(dir.name, "built_many_sets.jinja") == 0) want = "model.template-obfuscated";
        if (!found_has(&found, want, SEV_HIGH)) fail_msg("%s: no %s", dir.name, want);
    }
    assert_true(count >= 100);
}

static void odd_templates_are_reported(void **state)
{
    (void)state;
    struct found found;
    struct golden_dir dir = golden_open("jinja/odd");
    unsigned count = 0;
    for (struct slice text; golden_next(&dir, &text); count++) {
        judge_one(text, &found);
        if (!found_has(&found, "model.template-malformed", SEV_HIGH))
            fail_msg("%s: not reported", dir.name);
    }
    assert_true(count >= 16);
}

static void clean(const char *template)
{
    struct found found;
    judge_one(slice_str(template), &found);
    if (found.count) fail_msg("%s: %s: %s", template, found.rule[0], found.evidence[0]);
}

static void finds(const char *template, const char *rule, enum severity severity)
{
    struct found found;
    judge_one(slice_str(template), &found);
    if (!found_has(&found, rule, severity)) fail_msg("%s: no %s", template, rule);
}

/* The honest side of each kind of finding. */
static void near_misses_stay_clean(void **state)
{
    (void)state;
    clean("{{ 'use __init__ and os.system with care' if false else '' }}");
    clean("{{ messages[0]['content']|replace('__', '') }}");
    clean("{% for k in ['role', 'content'] %}{{ messages[0][k] }}{% endfor %}");
    clean("{{ {'user': 'U', 'assistant': 'A'}[messages[0].role] }}");
    clean("{{ message['tool_' ~ message.type] }}");
    clean("{% for i in range(10) %}{{ messages[i].content }}{% endfor %}");
    clean("{% for i in range(messages|length) %}{{ messages[i] }}{% endfor %}");
    clean("{{ '-' * 80 }}{{ 2 ** 10 }}{{ '%-10s'|format(x) }}{{ '{:>8}'.format(x) }}");
    clean("{% if '</think>' in messages[0].content %}Here is what I thought about it:{% endif %}");
    clean("{% if messages[0].role == 'system' %}You are a helpful assistant here.{% endif %}");
    clean("{% if content['type'] == 'image' %}This is a picture of something.{% endif %}");
    clean("{% if 'tool_calls' in message %}The tool was called as follows:{% endif %}");
    clean("{% if date_string is not defined %}{% set date_string = 'today' %}{% endif %}");
    clean("{% macro f(x) %}{% if x %}{{ f(x.items) }}{% endif %}{% endmacro %}{{ f(tools) }}");
    clean("{% for x in tools recursive %}{{ loop(x.children) }}{% endfor %}");
    clean("{{ messages|map(attribute='content')|join }}{{ messages|selectattr('role')|list }}");
    clean("{{ loop.index0 }}{{ loop.previtem }}{{ loop.cycle('a', 'b') }}");
    clean("{# __class__ #}{% raw %}{{ ''.__class__ }}{% endraw %}");
    clean("{{ '\\n\\t\\u2581\\x0a' }}");
    clean("{% set ns = namespace(i=0) %}{% for m in messages %}{% set ns.i = ns.i + ns.i %}{% "
          "endfor %}");
    clean("{{ message.content.replace('<image>', '').replace('\\n', ' ') }}");
}

static void severities(void **state)
{
    (void)state;
    finds("{{ message._private }}", "model.template-injection", SEV_MEDIUM);
    finds("{{ ''.__class__ }}", "model.template-injection", SEV_CRITICAL);
    finds("<html>{% include 'header.html' %}</html>", "model.template-import", SEV_LOW);
    finds("{{ messages }}{% include 'header.html' %}", "model.template-import", SEV_HIGH);
    finds("{% if 'word' in content %}<|im_start|>{% endif %}", "model.template-conditional",
          SEV_MEDIUM);
}

/* Templates that are made to keep the judge itself busy. */
static void hostile_templates_end(void **state)
{
    (void)state;
    struct found found;
    struct buf text;
    buf_init(&text, 4 << 20);
    for (int i = 0; i < 12; i++) buf_str(&text, "{% for x in range(200) %}");
    buf_str(&text, "{{ x ~ x }}");
    for (int i = 0; i < 12; i++) buf_str(&text, "{% endfor %}");
    judge_one(buf_slice(&text), &found);
    assert_true(found_has(&found, "model.template-loop", SEV_HIGH));
    buf_reset(&text);
    buf_str(&text, "{% set s = 'ab' %}");
    for (int i = 0; i < 5000; i++) buf_str(&text, "{% set s = s ~ s ~ 'c' %}");
    judge_one(buf_slice(&text), &found);
    assert_true(found_has(&found, "model.template-loop", SEV_HIGH));
    buf_reset(&text);
    for (int i = 0; i < 20000; i++)
        buf_printf(&text, "{%% set v%d = ['a', v%d] %%}", i % 50, i % 49);
    judge_one(buf_slice(&text), &found);
    buf_reset(&text);
    buf_str(&text, "{{ ''");
    for (int i = 0; i < 20000; i++) buf_str(&text, i & 1 ? "|list" : "|join");
    buf_str(&text, " }}");
    judge_one(buf_slice(&text), &found);
    buf_reset(&text);
    for (int i = 0; i < 3000; i++)
        buf_printf(&text, "{%% macro m%d(a) %%}{{ a }}{%% endmacro %%}", i);
    judge_one(buf_slice(&text), &found);
    buf_done(&text);
}

static void memory_runs_out(void **state)
{
    (void)state;
    struct slice text =
        S("{% set ns = namespace(a='x') %}{% for m in ['a', 'b'] %}{% set ns.a = ns.a ~ m %}"
          "{% endfor %}{{ ''|attr(ns.a|upper|reverse) }}{% macro f(x) %}{{ x }}{% endmacro %}");
    struct found found;
    bool done = false;
    unsigned failures = 0;
    for (size_t cap = 0; cap < (1 << 20) && !done; cap += 512) {
        judge_capped(text, cap, 0, &found);
        done = !found.nomem && !found_has(&found, "model.not-inspected", SEV_HIGH);
        failures += !done;
    }
    assert_true(done);
    assert_true(failures > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_templates_stay_clean),
        cmocka_unit_test(malicious_templates_are_found),
        cmocka_unit_test(odd_templates_are_reported),
        cmocka_unit_test(near_misses_stay_clean),
        cmocka_unit_test(severities),
        cmocka_unit_test(hostile_templates_end),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
