/* SPDX-License-Identifier: Apache-2.0 */
/* values.c - one value: what it weighs where it stands, and the finding that it becomes.
 * Secrets weigh the same everywhere. Personal data weighs what its row says in datasets and in the
 * outputs of notebooks; an author's address in source code or a licence is what it should be. */
#include "base/ascii.h"
#include "base/map.h"
#include "base/st.h"
#include "detect/data/data_part.h"
#include "finding/rules.h"

#define REVEAL_MAX 1000

/* ---- circumstances ---- */

struct name_row {
    const char *ending;
    enum circumstance in;
};

static const struct name_row endings[] = {
    /* made by package tools */
    {"package-lock.json", IN_LOCK_FILE},
    {"npm-shrinkwrap.json", IN_LOCK_FILE},
    {"yarn.lock", IN_LOCK_FILE},
    {"pnpm-lock.yaml", IN_LOCK_FILE},
    {"go.sum", IN_LOCK_FILE},
    {".lock", IN_LOCK_FILE},
    {"lock.hcl", IN_LOCK_FILE},
    {"sha256sums", IN_LOCK_FILE},
    {".min.js", IN_LOCK_FILE},
    {".min.css", IN_LOCK_FILE},
    {".map", IN_LOCK_FILE},
    {".ps", IN_LOCK_FILE},
    {".eps", IN_LOCK_FILE},
    {".svg", IN_LOCK_FILE},
    /* configuration */
    {".json", IN_CONFIG},
    {".json5", IN_CONFIG},
    {".yaml", IN_CONFIG},
    {".yml", IN_CONFIG},
    {".toml", IN_CONFIG},
    {".ini", IN_CONFIG},
    {".cfg", IN_CONFIG},
    {".conf", IN_CONFIG},
    {".env", IN_CONFIG},
    {".properties", IN_CONFIG},
    {".tf", IN_CONFIG},
    {".gradle", IN_CONFIG},
    {".cmake", IN_CONFIG},
    {".pc", IN_CONFIG},
    /* documents */
    {".md", IN_DOCUMENT},
    {".markdown", IN_DOCUMENT},
    {".rst", IN_DOCUMENT},
    {".adoc", IN_DOCUMENT},
    {".tex", IN_DOCUMENT},
    {".texi", IN_DOCUMENT},
    {".bib", IN_DOCUMENT},
    {".html", IN_DOCUMENT},
    {".htm", IN_DOCUMENT},
    {".xhtml", IN_DOCUMENT},
    {".man", IN_DOCUMENT},
    {".info", IN_DOCUMENT},
    {".pod", IN_DOCUMENT},
    {".po", IN_DOCUMENT},
    {".pot", IN_DOCUMENT},
    {"copyright", IN_DOCUMENT},
    {"readme.txt", IN_DOCUMENT},
    {"license.txt", IN_DOCUMENT},
    {"licenses.txt", IN_DOCUMENT},
    {"changelog.debian", IN_DOCUMENT},
    /* source code */
    {".ipynb", IN_CODE},
    {".py", IN_CODE},
    {".pyi", IN_CODE},
    {".pyx", IN_CODE},
    {".c", IN_CODE},
    {".h", IN_CODE},
    {".cc", IN_CODE},
    {".cpp", IN_CODE},
    {".cxx", IN_CODE},
    {".hh", IN_CODE},
    {".hpp", IN_CODE},
    {".cu", IN_CODE},
    {".rs", IN_CODE},
    {".go", IN_CODE},
    {".java", IN_CODE},
    {".kt", IN_CODE},
    {".scala", IN_CODE},
    {".swift", IN_CODE},
    {".cs", IN_CODE},
    {".js", IN_CODE},
    {".mjs", IN_CODE},
    {".cjs", IN_CODE},
    {".jsx", IN_CODE},
    {".ts", IN_CODE},
    {".tsx", IN_CODE},
    {".vue", IN_CODE},
    {".css", IN_CODE},
    {".scss", IN_CODE},
    {".rb", IN_CODE},
    {".php", IN_CODE},
    {".pl", IN_CODE},
    {".pm", IN_CODE},
    {".t", IN_CODE},
    {".sh", IN_CODE},
    {".bash", IN_CODE},
    {".zsh", IN_CODE},
    {".ps1", IN_CODE},
    {".bat", IN_CODE},
    {".lua", IN_CODE},
    {".r", IN_CODE},
    {".jl", IN_CODE},
    {".m", IN_CODE},
    {".hs", IN_CODE},
    {".ml", IN_CODE},
    {".el", IN_CODE},
    {".vim", IN_CODE},
    {".awk", IN_CODE},
    {".f90", IN_CODE},
    {".s", IN_CODE},
    {".asm", IN_CODE},
    {".in", IN_CODE},
    {".am", IN_CODE},
    {".m4", IN_CODE},
    {".mk", IN_CODE},
    {".dict", IN_CODE},
    {".diff", IN_CODE},
    {".patch", IN_CODE},
    {"makefile", IN_CODE},
    {"dockerfile", IN_CODE},
    {"meson.build", IN_CODE},
    {"cmakelists.txt", IN_CODE},
};

/* Files that go by their whole name or its beginning, whatever they end with. */
static const char *const documents[] = {
    "readme",    "license",    "licence",   "copying", "authors",      "contributors",
    "changelog", "changes",    "news",      "thanks",  "maintainers",  "credits",
    "notice",    "history",    "todo",      "install", "contributing", "codeowners",
    "security",  "acknowledg", "copyright", "bugs",    "faq",          "hacking"};

static struct slice file_name(struct slice name)
{
    size_t slash = slice_rfind_byte(name, '/');
    return slash == SIZE_MAX ? name : slice_sub(name, slash + 1, name.n);
}

/* "gawk.1", "printf.3posix": a manual page. */
static bool is_manual(struct slice name)
{
    size_t dot = slice_rfind_byte(name, '.');
    if (dot == SIZE_MAX || dot + 1 >= name.n || name.n - dot > 8) return false;
    bool section = name.p[dot + 1] >= '1' && name.p[dot + 1] <= '9';
    bool letters = true;
    for (size_t i = dot + 2; i < name.n; i++) letters &= ascii_lower(name.p[i]);
    return section && letters;
}

static enum circumstance by_name(struct slice name, enum circumstance usual)
{
    const struct name_row *best = NULL;
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        struct slice ending = slice_str(endings[i].ending);
        if (slice_ends_nocase(name, ending) && (!best || ending.n > strlen(best->ending)))
            best = &endings[i];
    }
    if (best) return best->in;
    for (size_t i = 0; i < COUNT_OF(documents); i++) {
        struct slice head = slice_sub(name, 0, strlen(documents[i]));
        if (slice_eq_nocase(head, slice_str(documents[i]))) return IN_DOCUMENT;
    }
    return is_manual(name) ? IN_DOCUMENT : usual;
}

/* JSON files that tools are configured with, whatever else lies in them. */
static const char *const settings[] = {
    "package.json",  "composer.json", "manifest.json", "tsconfig",    "jsconfig",   "config.json",
    "settings.json", ".eslintrc",     ".prettierrc",   "deno.json",   "bower.json", "openapi",
    "swagger",       "schema",        "messages.json", "launch.json", "tasks.json"};

static bool is_settings(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        if (slice_has_nocase(name, slice_str(settings[i]))) return true;
    return false;
}

enum circumstance circumstance_of(const struct reading *r, bool records, struct slice field)
{
    enum format_family family = format_family(r->format);
    struct slice name = file_name(r->layer->name);
    switch (r->format) {
    case FMT_NOTEBOOK:
        return slice_has(field, S("output")) || !field.n ? IN_NOTEBOOK_OUTPUT : IN_CODE;
    case FMT_PYTHON:
    case FMT_SHELL:
    case FMT_SCRIPT: return IN_CODE;
    case FMT_JSON:
        if (by_name(name, IN_PROSE) == IN_LOCK_FILE) return IN_LOCK_FILE;
        if (records) return IN_DATASET;
        return is_settings(name) ? IN_CONFIG : IN_PROSE;
    default: break;
    }
    if (records || family == FAM_DATASET) return IN_DATASET;
    if (family == FAM_MODEL) return IN_METADATA;
    return by_name(name, r->format == FMT_MARKDOWN                        ? IN_DOCUMENT
                         : family == FAM_CONFIG || family == FAM_SETTINGS ? IN_CONFIG
                                                                          : IN_PROSE);
}

/* What identifies people to whoever writes to them, and stands in source code for good reasons;
 * and what only looks like data there. */
static const char *const contacts[] = {
    "pii.email",   "pii.phone.",      "pii.ipv4", "pii.ipv6",   "pii.mac",     "pii.geo.",
    "pii.person.", "pii.address.",    "pii.bic",  "pii.vin",    "pii.crypto.", "pii.isin",
    "pii.lei",     "pii.uk.postcode", "pii.dob",  "pii.eu.vat", "pii.health.",
};

/* "poly1305_aes_digest", "ed25519.PrivateKey", "X25519PublicKey": names of things, made of words. A
 * random text of this length has more digits among its letters. */
bool value_is_name(struct slice s)
{
    unsigned runs = 0, words = 0, lower = 0;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool digit = ascii_digit(c), small = ascii_lower(c);
        bool big = ascii_upper(c), separator = c == '_' || c == '.';
        if (!digit && !small && !big && !separator) return false;
        if (digit && (i == 0 || !ascii_digit(s.p[i - 1]))) runs++;
        lower = small ? lower + 1 : 0;
        words += lower == 4 ? 2 : 0;
        words += separator && i > 0;
    }
    return runs <= 2 && words >= 4; /* a word counts twice, what joins them once */
}

bool value_is_digits(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_digit(s.p[i])) return false;
    return true;
}

/* "0046 0066 0069; 0046" */
bool value_is_listed(struct slice s, size_t from, size_t to)
{
    size_t before = from, behind = to;
    for (size_t i = 0; i < 3 && before && strchr(" ,;\t|", s.p[before - 1]); i++) before--;
    for (size_t i = 0; i < 3 && behind < s.n && strchr(" ,;\t|", s.p[behind]); i++) behind++;
    bool left = before >= 3 && before < from, right = behind + 3 <= s.n && behind > to;
    for (size_t i = 1; left && i <= 3; i++) left = ascii_is_hex(s.p[before - i]);
    for (size_t i = 0; right && i < 3; i++) right = ascii_is_hex(s.p[behind + i]);
    return left || right;
}

static bool is_contact(const char *id)
{
    for (size_t i = 0; i < COUNT_OF(contacts); i++)
        if (slice_starts(slice_str(id), slice_str(contacts[i]))) return true;
    return false;
}

const struct data_kind *data_kind(struct judge_data *d, const char *id)
{
    struct data_kind *k = &d->kinds[((uintptr_t)id >> 3) % KINDS];
    if (k->id != id) *k = (struct data_kind){id, rule_find(slice_str(id)), is_contact(id)};
    return k;
}

static enum severity most(enum severity s, enum severity cap)
{
    return s < cap ? s : cap;
}

/* A number that chance makes often enough, given all the numbers that stand in code and logs. */
static bool is_common(const struct detector *d)
{
    return d->one_in < 90;
}

/* What weighs a hit of this severity in these circumstances; false: nothing. */
static bool weigh(const struct detector *d, enum circumstance in, bool contact, enum severity *s)
{
    if (d->kind == DETECTOR_SECRET) return true;
    switch (in) {
    case IN_DATASET:
    case IN_NOTEBOOK_OUTPUT: return true;
    case IN_PROSE: *s = most(*s, contact ? SEV_LOW : is_common(d) ? SEV_MEDIUM : *s); return true;
    case IN_METADATA:
        if (contact) return false; /* authors */
        *s = most(*s, is_common(d) ? SEV_LOW : SEV_MEDIUM);
        return true;
    case IN_CONFIG:
    case IN_DOCUMENT:
    case IN_CODE:
        *s = most(*s, contact ? SEV_INFO : is_common(d) ? SEV_LOW : SEV_MEDIUM);
        return true;
    case IN_LOCK_FILE: return false;
    }
    return true;
}

/* ---- findings ---- */

void value_identify(struct value *v)
{
    v->identity = hash_bytes(v->text, 9);
}

void value_show(struct judge_data *d, struct value *v)
{
    value_identify(v);
    mask_value(v->text, v->mask);
    if (d->judge->reveal) v->reveal = arena_copy(d->arena, slice_sub(v->text, 0, REVEAL_MAX));
    /* a digest of a personal value is the value to whoever tries them all: so of its mask */
    bool secret = v->detector->kind == DETECTOR_SECRET;
    uint64_t field = v->field.n ? hash_bytes(v->field, 1) : 1;
    v->anchor = hash_bytes(secret ? v->text : slice_str(v->mask), secret ? 1 : field);
    v->shown = true;
}

/* Without names, a table's first row stands for them: what is in it is shown like any value. */
static struct slice field_shown(const struct judge_data *d, struct slice field)
{
    char mask[MASK_MAX];
    if (d->judge->reveal || !mask_calls_for(field)) return field;
    mask_value(field, mask);
    struct slice shown = arena_copy(d->arena, slice_str(mask));
    return shown.p ? shown : S("");
}

struct finding value_finding(struct judge_data *d, const char *rule, const struct value *v)
{
    struct finding f = d->base;
    f.rule = data_kind(d, rule)->rule;
    f.severity = v->severity;
    f.offset = v->offset > INT64_MAX ? -1 : (int64_t)v->offset;
    f.row = v->row;
    f.line = v->line;
    f.column = v->at;
    f.field = field_shown(d, v->field);
    f.anchor = v->anchor;
    return f;
}

/* A model's rule for keys in its texts is older than the detectors' own. */
static const char *rule_of(const struct detector *d, enum circumstance in)
{
    bool key = in == IN_METADATA && d->kind == DETECTOR_SECRET;
    return key ? "model.metadata-secret" : d->id;
}

static struct slice message_of(struct judge_data *d, const struct value *v)
{
    bool secret = v->detector->kind == DETECTOR_SECRET;
    const char *gain = secret ? "whoever reads the file can use it"
                       : v->in > IN_NOTEBOOK_OUTPUT
                           ? "whoever gets the file has it too"
                           : "a model that learns it may repeat it to anyone";
    return arena_printf(d->arena, "%s in plain sight: %s", v->detector->title, gain);
}

static struct slice evidence_of(struct judge_data *d, const struct value *v)
{
    struct slice shown = v->reveal.p ? v->reveal : slice_str(v->mask);
    if (!v->via) return arena_copy(d->arena, shown);
    return arena_printf(d->arena, "%.*s (in %s)", SLICE_ARG(shown), v->via);
}

static uint64_t mixed(uint64_t h)
{
    __uint128_t r = (__uint128_t)(h ^ 0x9e3779b97f4a7c15ull) * 0xbf58476d1ce4e5b9ull;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

/* A value can stand in a block and be told decoded as well. */
static bool told_already(struct judge_data *d, const struct value *v)
{
    if (v->row < 0) return false;
    uint64_t hash = mixed(mixed((uint64_t)v->row ^ v->column << 40) ^
                          (uint64_t)(uintptr_t)v->detector ^ v->identity);
    uint64_t *slot = &d->recent[hash % RECENT];
    bool same = *slot == hash;
    *slot = hash;
    return same;
}

static void tell_value(struct judge_data *d, const struct value *v, enum severity s)
{
    struct value w = *v;
    if (!w.shown) value_show(d, &w);
    w.severity = s;
    struct finding f = value_finding(d, rule_of(v->detector, v->in), &w);
    f.message = message_of(d, v);
    f.evidence = evidence_of(d, &w);
    if (!f.message.p || !f.evidence.p) d->judge->nomem = true;
    judge_emit(d->judge, &f);
}

/* There are enough of this kind: it is counted, and that is all. */
static bool is_counted(struct judge_data *d, const struct detector *detector, enum circumstance in,
                       enum severity s, bool row)
{
    const struct rule *rule = data_kind(d, rule_of(detector, in))->rule;
    if (!rule || !judge_full(d->judge, rule, s, row)) return false;
    judge_more(d->judge, rule, s, 1);
    return true;
}

void value_found(struct judge_data *d, const struct value *v)
{
    const struct data_kind *kind = data_kind(d, v->detector->id);
    enum severity s = v->severity;
    if (!kind->rule || !weigh(v->detector, v->in, kind->contact, &s)) return;
    value_span(d, v, SPAN_FOUND);
    if (told_already(d, v)) return;
    if (!is_counted(d, v->detector, v->in, s, v->row >= 0)) tell_value(d, v, s);
}

bool value_is_counted(struct judge_data *d, const struct detector *detector, enum severity s)
{
    const struct data_kind *kind = data_kind(d, detector->id);
    if (d->judge->on_span || d->format == FMT_NOTEBOOK) return false;
    if (!kind->rule || !weigh(detector, d->in_text, kind->contact, &s)) return true;
    return is_counted(d, detector, d->in_text, s, false);
}

const struct rule *value_full(struct judge_data *d, const struct detector *detector,
                              enum severity *s)
{
    const struct data_kind *kind = data_kind(d, detector->id);
    bool key = d->in_records == IN_METADATA;
    if (!kind->rule || key || !weigh(detector, d->in_records, kind->contact, s)) return NULL;
    return judge_full(d->judge, kind->rule, *s, true) ? kind->rule : NULL;
}

void value_count(struct judge_data *d, struct value *v, const struct rule *rule)
{
    value_identify(v);
    if (!told_already(d, v)) judge_more(d->judge, rule, v->severity, 1);
}

void value_more(struct judge_data *d, const struct value *v, uint64_t more)
{
    const struct data_kind *kind = data_kind(d, v->detector->id);
    enum severity s = v->severity;
    if (kind->rule && weigh(v->detector, v->in, kind->contact, &s))
        judge_more(d->judge, kind->rule, s, more);
}

void value_span(struct judge_data *d, const struct value *v, enum span_kind kind)
{
    struct judge *j = d->judge;
    if (!j->on_span) return;
    struct span s = v->span;
    s.kind = kind;
    s.rule = slice_str(v->detector->id);
    s.column = v->column;
    j->on_span(j->span_ctx, d->reading, &s);
}
