/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sarif.h"
#include "finding/rules.h"
#include "report/words.h"

#define TAGS_MAX 10 /* code hosts show no more */

const char *sarif_level(enum severity s)
{
    return s >= SEV_HIGH ? "error" : s == SEV_MEDIUM ? "warning" : "note";
}

const char *sarif_score(enum severity s)
{
    static const char *const scores[SEV_COUNT] = {"0.0", "3.0", "5.5", "8.0", "9.5"};
    return s < SEV_COUNT ? scores[s] : scores[0];
}

struct tags {
    struct jot *j;
    unsigned count;
};

/* Every item of a list such as "CWE-502;CWE-20", with a prefix. */
static void tags_of(struct tags *t, const char *prefix, const char *list, bool lower)
{
    struct slice rest = slice_str(list), item;
    while (rest.p && slice_split(&rest, ';', &item)) {
        char text[96];
        item = slice_trim(item);
        if (!item.n || t->count >= TAGS_MAX) continue;
        int n = snprintf(text, sizeof text, "%s%.*s", prefix, SLICE_ARG(item));
        if (n < 0 || (size_t)n >= sizeof text) continue;
        for (int i = 0; lower && i < n; i++)
            if (text[i] >= 'A' && text[i] <= 'Z') text[i] = (char)(text[i] + ('a' - 'A'));
        jot_text(t->j, slice_of(text, (size_t)n));
        t->count++;
    }
}

static void tags(struct jot *j, const struct rule *rule)
{
    struct tags t = {.j = j};
    const struct control_class *c = class_find(slice_str(rule->class_id));
    jot_key_open(j, "tags", '[');
    tags_of(&t, "", "security", false);
    if (c) {
        tags_of(&t, "external/cwe/", c->cwe, true);
        tags_of(&t, "mitre-atlas/", c->atlas, false);
        tags_of(&t, "owasp-llm-2025/", c->owasp_llm, false);
        tags_of(&t, "owasp-ml-2023/", c->owasp_ml, false);
        tags_of(&t, "nist-ai-100-2/", c->nist_100_2, false);
        tags_of(&t, "owasp-agentic/", c->owasp_agentic, false);
        tags_of(&t, "eu-ai-act/", c->eu_ai_act, false);
    }
    jot_close(j, ']');
}

static bool has(const char *text)
{
    return text && *text;
}

static void steps(struct buf *b, const char *attack)
{
    struct slice rest = slice_str(attack), step;
    unsigned n = 0;
    if (has(attack)) buf_str(b, "\n\n**How it is used**\n");
    while (rest.p && slice_split(&rest, '\n', &step))
        if (step.n) buf_printf(b, "\n%u. %.*s", ++n, SLICE_ARG(step));
}

static void example(struct buf *b, const char *title, const char *code)
{
    if (has(code)) buf_printf(b, "\n\n**%s**\n\n```\n%s\n```", title, code);
}

static void help(struct jot *j, const struct rule *rule)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    buf_printf(&b, "%s\n\n%s\n\nFix: %s\n\nMore: merlon explain %s", rule->what ? rule->what : "",
               rule->why ? rule->why : "", rule->fix ? rule->fix : "", rule->id);
    jot_key_open(j, "help", '{');
    jot_pair(j, "text", buf_slice(&b));
    buf_reset(&b);
    buf_printf(&b, "%s\n\n**Why it matters**\n\n%s", rule->what ? rule->what : "",
               rule->why ? rule->why : "");
    steps(&b, rule->attack);
    buf_printf(&b, "\n\n**Fix**\n\n%s", rule->fix ? rule->fix : "");
    example(&b, "Bad", rule->bad);
    example(&b, "Good", rule->good);
    if (has(rule->refs)) buf_printf(&b, "\n\n**References** %s", rule->refs);
    buf_printf(&b, "\n\n`merlon explain %s`", rule->id);
    jot_pair(j, "markdown", buf_slice(&b));
    jot_close(j, '}');
    if (b.bad) j->out->bad = true;
    buf_done(&b);
}

static void text_object(struct jot *j, const char *key, const char *text)
{
    jot_key_open(j, key, '{');
    jot_pair_str(j, "text", text ? text : "");
    jot_close(j, '}');
}

static void rule_object(struct jot *j, const struct rule *rule)
{
    jot_open(j, '{');
    jot_pair_str(j, "id", rule->id);
    text_object(j, "shortDescription", rule->title);
    text_object(j, "fullDescription", rule->why);
    help(j, rule);
    jot_key_open(j, "defaultConfiguration", '{');
    jot_pair_str(j, "level", sarif_level(rule->severity));
    jot_close(j, '}');
    jot_key_open(j, "properties", '{');
    jot_pair_str(j, "class", rule->class_id);
    jot_pair_str(j, "precision", "high");
    jot_pair_str(j, "security-severity", sarif_score(rule->severity));
    tags(j, rule);
    jot_close(j, '}');
    jot_close(j, '}');
}

void sarif_rules_write(const struct used_rules *s, struct jot *j)
{
    jot_key_open(j, "rules", '[');
    for (size_t i = 0; i < s->count; i++) rule_object(j, s->list[i]);
    jot_close(j, ']');
}
