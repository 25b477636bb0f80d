/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rule_text.h"
#include "base/st.h"
#include "cli/installed.h"

struct taxonomy {
    const char *key, *label;
    size_t at; /* of the column in struct control_class */
};

#define COLUMN(field) offsetof(struct control_class, field)

static const struct taxonomy taxonomies[] = {
    {"mitre_atlas", "MITRE ATLAS", COLUMN(atlas)},
    {"owasp_llm_2025", "OWASP", COLUMN(owasp_llm)},
    {"owasp_ml_2023", "OWASP", COLUMN(owasp_ml)},
    {"owasp_agentic", "OWASP", COLUMN(owasp_agentic)},
    {"cwe", "", COLUMN(cwe)},
    {"owasp_aisvs", "OWASP AISVS", COLUMN(aisvs)},
    {"nist_100_2", "", COLUMN(nist_100_2)},
    {"nist_ai_rmf", "NIST AI RMF", COLUMN(nist_rmf)},
    {"eu_ai_act", "EU AI Act", COLUMN(eu_ai_act)},
    {"iso_42001", "ISO 42001", COLUMN(iso_42001)},
    {"atlas_mitigation", "answered by", COLUMN(atlas_mitigation)},
    {"csa_aicm", "CSA AICM", COLUMN(csa_aicm)},
    {"saif_risk", "SAIF", COLUMN(saif)},
};

static const char *column(const struct control_class *k, const struct taxonomy *t)
{
    return (const char *)k + t->at;
}

void class_maps(struct buf *out, const struct control_class *k)
{
    const char *gap = "", *last = NULL;
    for (size_t i = 0; k && i < COUNT_OF(taxonomies); i++) {
        struct slice rest = slice_str(column(k, &taxonomies[i])), one;
        while (rest.n && slice_split(&rest, ';', &one)) {
            const char *label = taxonomies[i].label;
            bool same = last && strcmp(last, label) == 0;
            buf_printf(out, "%s%s%s%.*s", same ? " " : gap, same ? "" : label,
                       same || !*label ? "" : " ", SLICE_ARG(one));
            gap = ", ";
            last = label;
        }
    }
}

static void list(struct jot *j, const char *key, struct slice rest, uint8_t sep)
{
    struct slice one;
    jot_key_open(j, key, '[');
    while (rest.n && slice_split(&rest, sep, &one))
        if (one.n) jot_text(j, one);
    jot_close(j, ']');
}

static void maps(struct jot *j, const struct control_class *k)
{
    jot_key_open(j, "maps_to", '{');
    for (size_t i = 0; k && i < COUNT_OF(taxonomies); i++) {
        struct slice text = slice_str(column(k, &taxonomies[i]));
        if (text.n) list(j, taxonomies[i].key, text, ';');
    }
    jot_close(j, '}');
}

void rule_json(struct jot *j, const struct rulebook *book, const struct rule *base)
{
    const struct rule *r = overlay_rule(&book->overlay, base);
    jot_open(j, '{');
    jot_pair_str(j, "id", r->id);
    jot_pair_str(j, "class", r->class_id);
    jot_pair_str(j, "severity", severity_name(r->severity));
    if (overlay_is_off(&book->overlay, base)) jot_pair_bool(j, "off", true);
    jot_pair_str(j, "title", r->title);
    jot_pair_str(j, "what", r->what);
    list(j, "attack", slice_str(r->attack), '\n');
    jot_pair_str(j, "why", r->why);
    jot_pair_str(j, "fix", r->fix);
    jot_key_open(j, "examples", '{');
    jot_pair_str(j, "bad", r->bad);
    jot_pair_str(j, "good", r->good);
    jot_close(j, '}');
    list(j, "references", slice_str(r->refs), ' ');
    maps(j, class_find(slice_str(r->class_id)));
    jot_close(j, '}');
}

static void update_json(struct jot *j, const struct rulebook *book)
{
    char hex[65], day[11];
    if (!book->updated) {
        jot_key(j, "update");
        jot_raw(j, S("null"));
        return;
    }
    key_hex(&book->key, hex);
    day_of(book->bundle.made, day);
    jot_key_open(j, "update", '{');
    jot_pair_num(j, "sequence", book->bundle.sequence);
    jot_pair_str(j, "made", day);
    jot_pair_str(j, "key", hex);
    jot_close(j, '}');
}

static void advisories_json(struct jot *j, const struct rulebook *book)
{
    char day[11];
    int64_t age = advisories_age(book, day);
    jot_key_open(j, "advisories", '{');
    jot_pair_str(j, "day", day);
    jot_key(j, "days_old");
    jot_num_or_null(j, age);
    jot_close(j, '}');
}

void rules_json(struct buf *out, const struct rulebook *book)
{
    struct jot j;
    jot_init(&j, out, 2);
    jot_open(&j, '{');
    jot_pair_str(&j, "schema", "merlon.rules/1");
    jot_pair(&j, "version", book->version);
    update_json(&j, book);
    advisories_json(&j, book);
    jot_key_open(&j, "rules", '[');
    for (size_t i = 0; i < rule_count(); i++) rule_json(&j, book, rule_at(i));
    jot_close(&j, ']');
    jot_close(&j, '}');
    buf_byte(out, '\n');
}
