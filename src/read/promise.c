/* SPDX-License-Identifier: Apache-2.0 */
#include "read/promise.h"
#include "base/st.h"

/* Formats whose loaders run code that the file brings along, and programs. */
static bool can_run(enum format f)
{
    switch (f) {
    case FMT_PICKLE:
    case FMT_JOBLIB:
    case FMT_TORCH_ZIP:
    case FMT_TORCH_LEGACY:
    case FMT_TORCH_TAR:
    case FMT_TORCHSCRIPT:
    case FMT_TORCH_PACKAGE:
    case FMT_KERAS:
    case FMT_HDF5:
    case FMT_SAVEDMODEL:
    case FMT_RDS:
    case FMT_ELF:
    case FMT_PE:
    case FMT_MACHO:
    case FMT_SCRIPT: return true;
    default: return false;
    }
}

/* Names under which silence would be taken for a clean bill. */
static bool promises_content(const struct suffix_rule *rule)
{
    return rule && (rule->family == FAM_MODEL || rule->family == FAM_CONTAINER ||
                    rule->family == FAM_DATASET);
}

static void empty_dataset(struct reading *r, enum format promised)
{
    r->format = promised;
    tell_anomaly(r, ANOMALY_TRUNCATED, 0, "%.*s holds no bytes", SLICE_ARG(r->layer->name));
}

static void nothing_known(struct reading *r, const struct suffix_rule *rule)
{
    if (!promises_content(rule)) return;
    if (r->layer->bytes.n)
        tell_unread(r, UNREAD_UNSUPPORTED, 0, r->layer->bytes.n,
                    "%s promises a known format, but the bytes are of none", rule->suffix);
    else if (rule->family != FAM_DATASET)
        tell_anomaly(r, ANOMALY_EMPTY, 0, "%.*s holds no bytes", SLICE_ARG(r->layer->name));
    else if (!suffix_allows(rule, FMT_TEXT)) /* a table in text may well be empty */
        empty_dataset(r, rule->formats[0]);
}

static bool is_text(enum format f)
{
    return f == FMT_TEXT || f == FMT_JSON || f == FMT_JSONL || f == FMT_CSV || f == FMT_MARKDOWN ||
           f == FMT_HTML || f == FMT_XML || f == FMT_SVG;
}

/* Python's site module reads *.pth too: every line a comment, an import or a path from the root or
 * from here. Other words are left to suspicion, because an old pickle may be made of them. */
static bool site_paths(struct slice text)
{
    static const char *const begins[] = {"#", "import ", "import\t", "/", "./", "../"};
    struct slice line;
    while (slice_split(&text, '\n', &line)) {
        bool fits = slice_trim(line).n == 0;
        for (size_t i = 0; i < COUNT_OF(begins) && !fits; i++)
            fits = slice_starts(line, slice_str(begins[i]));
        if (!fits) return false;
    }
    return true;
}

static void text_instead(struct reading *r, const struct suffix_rule *rule)
{
    if (rule->family == FAM_NONE) return;
    if (slice_ends_nocase(r->layer->name, S(".pth")) && site_paths(r->layer->bytes)) return;
    tell_unread(r, UNREAD_UNSUPPORTED, 0, r->layer->bytes.n,
                "%s promises another format, but the bytes are text", rule->suffix);
}

/* What a layout is made of: model.zip may well be a torch archive. */
static enum format made_of(enum format f)
{
    switch (f) {
    case FMT_TORCH_ZIP:
    case FMT_TORCHSCRIPT:
    case FMT_TORCH_PACKAGE:
    case FMT_NPZ:
    case FMT_KERAS: return FMT_ZIP;
    case FMT_TORCH_TAR: return FMT_TAR;
    default: return f;
    }
}

/* One of the formats that the name allows, or what such a format is made of. */
static bool kept(const struct suffix_rule *rule, const enum format as[SNIFF_MAX], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (suffix_allows(rule, as[i]) || suffix_allows(rule, made_of(as[i]))) return true;
    return false;
}

/* A picture or a document that is called a model was not looked at by anybody; nor were the rows of
 * a table that is a document. */
static bool no_reader(enum format_family promised, enum format f)
{
    if (promised == FAM_DATASET) return format_family(f) == FAM_OTHER;
    return promised == FAM_MODEL && format_family(f) != FAM_MODEL &&
           format_family(f) != FAM_CONTAINER;
}

static void broken_promise(struct reading *r, const struct suffix_rule *rule, enum format f)
{
    bool model = rule->family == FAM_MODEL;
    r->format = f;
    if (model && f == FMT_ZIP && suffix_allows(rule, FMT_TORCH_ZIP))
        tell_anomaly(r, ANOMALY_MALFORMED, 0, "%s, but the archive holds no data.pkl",
                     rule->suffix);
    else if (model || can_run(f))
        tell_anomaly(r, ANOMALY_SUFFIX, 0, "%s, but the bytes are %s", rule->suffix,
                     format_name(f));
    if (no_reader(rule->family, f))
        tell_unread(r, UNREAD_UNSUPPORTED, 0, r->layer->bytes.n,
                    "%s promises a %s, but the bytes are %s", rule->suffix,
                    model ? "model" : "dataset", format_name(f));
}

/* What runs code matters most, then what was found first. */
static enum format worst(const enum format as[SNIFF_MAX], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (can_run(as[i])) return as[i];
    return as[0];
}

void promise_check(struct reading *r, const enum format as[SNIFF_MAX], size_t n)
{
    const struct suffix_rule *rule = suffix_find(r->layer->name);
    if (!rule) return;
    if (n == 0) {
        nothing_known(r, rule);
    } else if (rule->family == FAM_NONE) {
        if (is_text(as[0])) text_instead(r, rule);
    } else if (!kept(rule, as, n)) {
        if (is_text(as[0]) && promises_content(rule))
            text_instead(r, rule);
        else
            broken_promise(r, rule, worst(as, n));
    }
}
