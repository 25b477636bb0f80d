/* SPDX-License-Identifier: Apache-2.0 */
/* policy_make.c - scopes, rows and tenants of what a policy says: see policy_said.h. */
#include "base/st.h"
#include "guard/config/policy_said.h"
#include "guard/judge/schema.h"
#include <stdlib.h>

#define CANARY_WEAK 6 /* letters: fewer are said by chance */

/* ---- words ---- */

static size_t letters_in(struct slice word)
{
    struct letters l = {.blank = true};
    struct letter c;
    size_t n = 0;
    word = slice_trim(word);
    for (size_t at = 0; at < word.n;) {
        letters_next(&l, word, 0, &at, &c);
        n += c.n > 0;
    }
    return n;
}

struct word_source {
    enum literal_kind kind;
    const char *key;
    struct words words;
    struct slice file;
    const struct toml_node *at;
};

/* `place`: the key, or file and line. */
static void add_word(struct making *m, struct literals_set *set, const struct word_source *from,
                     struct slice word, const char *place)
{
    size_t letters = letters_in(word);
    enum st st = letters ? literals_add(set, from->kind, word) : ST_OK;
    if (!letters)
        reader_fault(&m->r, from->at, "%s: an empty word is in everything; take it out", place);
    else if (st == ST_LIMIT)
        reader_fault(&m->r, from->at,
                     "%s: a word has at most %u letters, and there are at most %u words", place,
                     LITERAL_MOST, WORDS_MOST);
    else if (st != ST_OK)
        making_no_memory(m);
    else if (from->kind == LITERAL_CANARY && letters < CANARY_WEAK)
        reader_note(&m->r, from->at,
                    "%s: a canary of %zu letters is said by chance; take 12 or more that mean "
                    "nothing",
                    place, letters);
}

static void add_lines(struct making *m, struct literals_set *set, const struct word_source *from)
{
    struct slice text = making_text(m, from->at, from->file), line;
    for (size_t number = 1; slice_split(&text, '\n', &line); number++) {
        if (!slice_trim(line).n) continue;
        struct slice place = arena_printf(m->r.arena, "%.*s:%zu", SLICE_ARG(from->file), number);
        add_word(m, set, from, line, place.p ? (const char *)place.p : from->key);
    }
}

static void add_scope_words(struct making *m, struct literals_set *set, const struct scope_said *s)
{
    const struct word_source of[] = {
        {LITERAL_CANARY, "canaries", s->canaries, s->canary_file, s->at},
        {LITERAL_DENY, "deny", s->deny, s->deny_file, s->at},
        {LITERAL_ALLOW, "allow", s->allow, s->allow_file, s->at}};
    for (size_t i = 0; i < COUNT_OF(of); i++) {
        for (size_t k = 0; k < of[i].words.count; k++)
            add_word(m, set, &of[i], of[i].words.of[k], of[i].key);
        if (of[i].file.n) add_lines(m, set, &of[i]);
    }
}

static bool has_words(const struct scope_said *s)
{
    return s->canaries.count || s->deny.count || s->allow.count || s->canary_file.n ||
           s->deny_file.n || s->allow_file.n;
}

/* Those of [policy], and of a scope that has some of its own. */
static const struct literals_set *words_of(struct making *m, const struct scope_said *scope)
{
    struct literals_set *set = literals_set_new(m->r.arena);
    enum st st = ST_NOMEM;
    struct buf *notes = m->r.notes;
    if (scope) m->r.notes = NULL; /* those of [policy] were told */
    if (set && has_words(&m->said.all)) add_scope_words(m, set, &m->said.all);
    m->r.notes = notes;
    if (set && scope) add_scope_words(m, set, scope);
    if (set) st = literals_build(set);
    if (st == ST_LIMIT)
        reader_fault(&m->r, m->said.all.at, "all words together have too many letters (%u)",
                     LITERALS_STATES);
    else if (st != ST_OK)
        making_no_memory(m);
    return set;
}

static void add_links(struct making *m, const struct words *more, struct link_policy *links)
{
    struct slice *all = ARENA_ARRAY(m->r.arena, struct slice, links->count + more->count + 1);
    if (!all) {
        making_no_memory(m);
        return;
    }
    if (links->count) memcpy(all, links->hosts, links->count * sizeof *all);
    for (size_t i = 0; i < more->count; i++) all[links->count + i] = more->of[i];
    links->hosts = all;
    links->count += more->count;
}

static void read_schema(struct making *m, const struct scope_said *s, const struct schema **ret)
{
    struct slice what = {0}, text = making_text(m, s->at, s->schema);
    if (!text.p) return;
    enum st st = schema_read(m->r.arena, text, ret, &what);
    if (st == ST_UNSUPPORTED)
        reader_fault(&m->r, s->at, "%.*s: '%.*s' is not checked by Merlon; take it out",
                     SLICE_ARG(s->schema), SLICE_ARG(what));
    else if (st == ST_NOMEM)
        making_no_memory(m);
    else if (st != ST_OK)
        reader_fault(&m->r, s->at, "%.*s is no JSON Schema that can be read%s%.*s",
                     SLICE_ARG(s->schema), what.n ? ", at " : "", SLICE_ARG(what));
}

/* ---- scopes ---- */

static void set_checks(const struct words *names, bool *flags)
{
    if (!names->of) return;
    memset(flags, 0, CHECKS * sizeof *flags);
    for (size_t i = 0; i < names->count; i++)
        for (unsigned c = 0; c < CHECKS; c++)
            if (slice_eq(names->of[i], slice_str(guard_check_name((enum guard_check)c))))
                flags[c] = true;
}

static void set_stream(struct slice word, enum hold_mode *ret)
{
    for (unsigned i = HOLD_TIGHT; i <= HOLD_OBSERVE; i++)
        if (slice_eq(word, slice_str(hold_mode_name((enum hold_mode)i)))) *ret = (enum hold_mode)i;
}

/* What `s` says, over what is there; `own`: not [policy] itself. */
static void apply(struct making *m, const struct scope_said *s, bool own, struct guard_scope *ret)
{
    set_stream(s->stream, &ret->stream);
    if (s->unknown.n) ret->unknown_passes = slice_eq(s->unknown, S("pass"));
    if (s->opaque.n) ret->policy.opaque_passes = slice_eq(s->opaque, S("pass"));
    if (s->capture.n) ret->capture = slice_eq(s->capture, S("masked"));
    if (s->examples.n) ret->policy.examples_count = slice_eq(s->examples, S("judge"));
    if (s->deadline != NOT_SAID) ret->deadline_us = s->deadline * 1000;
    if (s->answer_most != NOT_SAID) ret->answer_most = s->answer_most;
    set_checks(&s->checks_off, ret->checks.off);
    set_checks(&s->fail_open, ret->policy.open);
    if (has_words(s)) ret->checks.literals = words_of(m, own ? s : NULL);
    if (s->links.count) add_links(m, &s->links, &ret->checks.links);
    if (s->schema.n) read_schema(m, s, &ret->checks.schema);
}

void making_scopes(struct making *m, const struct policy *rows)
{
    const struct policy_said *said = &m->said;
    struct guard_scope *all = ARENA_ARRAY(m->r.arena, struct guard_scope, said->scope_count + 1);
    struct guard_scope common = {.policy = *rows};
    if (!all) {
        making_no_memory(m);
        return;
    }
    apply(m, &said->all, false, &common);
    if (m->r.faults) return;
    for (size_t i = 0; i <= said->scope_count; i++) {
        const struct scope_said *s = i < said->scope_count ? &said->scopes[i] : NULL;
        bool enforce = s && s->mode.n ? slice_eq(s->mode, S("enforce")) : m->in->enforce;
        const struct guard_scope *usual = guard_policy_usual(enforce)->scopes;
        all[i] = common;
        all[i].enforce = enforce;
        all[i].line = (unsigned)(s ? s->at : said->all.at)->line;
        if (!said->all.stream.n) all[i].stream = usual->stream;
        if (!said->all.unknown.n) all[i].unknown_passes = usual->unknown_passes;
        if (said->all.deadline == NOT_SAID) all[i].deadline_us = usual->deadline_us;
        if (said->all.answer_most == NOT_SAID) all[i].answer_most = usual->answer_most;
        if (!s) continue;
        all[i].route = s->route;
        all[i].tenant = s->tenant;
        apply(m, s, true, &all[i]);
    }
    m->policy->scopes = all;
    m->policy->count = said->scope_count + 1;
}

/* ---- rows ---- */

static unsigned bits_of(const struct words *words, const char *const *names, unsigned count)
{
    unsigned bits = 0;
    for (size_t i = 0; i < words->count; i++)
        for (unsigned k = 0; k < count; k++)
            if (slice_eq(words->of[i], slice_str(names[k]))) bits |= 1u << k;
    return bits;
}

static struct policy_row row_of(const struct row_said *s)
{
    const char *roles[PART_ROLES], *channels[PART_CHANNELS];
    for (unsigned i = 0; i < PART_ROLES; i++) roles[i] = part_role_name((enum part_role)i);
    for (unsigned i = 0; i < PART_CHANNELS; i++)
        channels[i] = part_channel_name((enum part_channel)i);
    struct policy_row row = {.rule = s->rule,
                             .route = s->route,
                             .tenant = s->tenant,
                             .roles = bits_of(&s->roles, roles, PART_ROLES),
                             .channels = bits_of(&s->channels, channels, PART_CHANNELS),
                             .line = (unsigned)s->at->line};
    if (s->side.n) row.sides = slice_eq(s->side, S("answer")) ? SIDE_ANSWER : SIDE_REQUEST;
    (void)severity_parse(s->least, &row.least);
    (void)guard_action_find(s->action, &row.action);
    return row;
}

/* Built-in rows belong to what was decided by as well, and may change with the program. */
static void digest_row(struct digest *d, const struct policy_row *row)
{
    const unsigned numbers[] = {row->sides, row->roles, row->channels, (unsigned)row->least,
                                (unsigned)row->action};
    digest_add(d, row->rule);
    digest_add(d, slice_of(numbers, sizeof numbers));
}

bool making_rows(struct making *m, struct policy *ret)
{
    size_t own = m->said.row_count;
    struct policy_row *rows = ARENA_ARRAY(m->r.arena, struct policy_row, own + policy_usual.count);
    if (!rows) return making_no_memory(m), false;
    for (size_t i = 0; i < own; i++) rows[i] = row_of(&m->said.rows[i]);
    for (size_t i = 0; i < policy_usual.count; i++) {
        rows[own + i] = policy_usual.rows[i];
        digest_row(&m->digest, &rows[own + i]);
    }
    *ret = (struct policy){.rows = rows, .count = own + policy_usual.count};
    return true;
}

/* ---- tenants ---- */

static int by_key(const void *a, const void *b)
{
    return memcmp(((const struct guard_tenant *)a)->key, ((const struct guard_tenant *)b)->key,
                  SHA256_BYTES);
}

static void add_keys(struct making *m, const struct tenant_said *s, struct guard_tenant *ret)
{
    for (size_t i = 0; i < s->keys.count; i++) {
        struct slice text = s->keys.of[i], sha = S("sha256:");
        ret[i].name = s->name;
        if (!slice_starts(text, sha) || !digest_of_hex(slice_sub(text, sha.n, text.n), ret[i].key))
            reader_fault(&m->r, s->at,
                         "key %zu is not \"sha256:\" and 64 digits; a key itself "
                         "does not belong here: printf %%s KEY | sha256sum",
                         i + 1);
    }
}

void making_tenants(struct making *m)
{
    size_t count = 0;
    for (size_t i = 0; i < m->said.tenant_count; i++) count += m->said.tenants[i].keys.count;
    struct guard_tenant *all = ARENA_ARRAY(m->r.arena, struct guard_tenant, count + 1);
    if (!all) {
        making_no_memory(m);
        return;
    }
    size_t used = 0;
    for (size_t i = 0; i < m->said.tenant_count; i++) {
        add_keys(m, &m->said.tenants[i], all + used);
        used += m->said.tenants[i].keys.count;
    }
    if (m->r.faults) return;
    if (count) qsort(all, count, sizeof *all, by_key);
    for (size_t i = 1; i < count; i++)
        if (by_key(&all[i - 1], &all[i]) == 0)
            reader_fault(&m->r, m->said.all.at, "tenants %.*s and %.*s have the same key",
                         SLICE_ARG(all[i - 1].name), SLICE_ARG(all[i].name));
    m->policy->tenants = all;
    m->policy->tenant_count = count;
}
