/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - texts with a role, each to whoever judges that role. */
#include "detect/text.h"
#include "detect/data/data.h"
#include "detect/template/template.h"

#define EVIDENCE_MAX 120

static uint64_t lines_before(struct slice text, size_t at)
{
    uint64_t lines = 0;
    struct slice rest = slice_sub(text, 0, at);
    for (size_t nl; (nl = slice_find_byte(rest, '\n')) != SIZE_MAX; lines++)
        rest = slice_sub(rest, nl + 1, rest.n);
    return lines;
}

void text_report(const struct text_in *in, const char *rule, enum severity s, size_t at,
                 const char *message, struct slice evidence)
{
    struct judge *j = in->judge;
    struct finding f = judge_finding(j, in->reading, rule, in->ev->offset + at);
    f.severity = s;
    f.message = slice_str(message);
    f.field = arena_copy(j->arena, in->ev->text.name);
    f.evidence = arena_copy(j->arena, slice_sub(evidence, 0, EVIDENCE_MAX));
    if (in->ev->line) f.line = (int64_t)(in->ev->line + lines_before(in->ev->text.text, at));
    if (!f.evidence.p || !f.field.p) j->nomem = true;
    judge_emit(j, &f);
}

/* Lists of tokens hold anything that was ever written somewhere. */
static bool is_vocabulary(struct slice name)
{
    return slice_has(name, S("tokens")) || slice_has(name, S("merges")) ||
           slice_has(name, S("vocab"));
}

void judge_text(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct text_in in = {j, r, ev};
    if (is_vocabulary(ev->text.name)) return;
    if (ev->text.role == TEXT_TEMPLATE) judge_template(j, r, ev);
    if (ev->text.role == TEXT_METADATA) text_snippets(&in);
    if (ev->text.role == TEXT_CODE) text_python(&in);
    data_role(j, r, ev);
    text_hidden(&in);
}
