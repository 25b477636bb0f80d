/* SPDX-License-Identifier: Apache-2.0 */
#include "read/promise.h"

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

static void nothing_known(struct reading *r, const struct suffix_rule *rule)
{
    if (!rule || rule->family != FAM_MODEL) return;
    if (r->layer->bytes.n == 0)
        tell_anomaly(r, ANOMALY_EMPTY, 0, "%.*s holds no bytes", SLICE_ARG(r->layer->name));
    else
        tell_unread(r, UNREAD_UNSUPPORTED, 0, r->layer->bytes.n,
                    "%s names a model, but its bytes are of no known format", rule->suffix);
}

static bool is_text(enum format f)
{
    return f == FMT_TEXT || f == FMT_JSON || f == FMT_JSONL || f == FMT_CSV || f == FMT_MARKDOWN;
}

/* Text under a model's name is no model: often the pointer that Git LFS leaves behind. */
static void text_for_model(struct reading *r, const struct suffix_rule *rule)
{
    bool lfs = slice_starts(r->layer->bytes, S("version https://git-lfs.github.com/spec/"));
    tell_unread(r, UNREAD_UNSUPPORTED, 0, r->layer->bytes.n,
                lfs ? "a Git LFS pointer stands in for the model (%s): fetch it first"
                    : "%s names a model, but the bytes are text",
                rule->suffix);
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

void promise_check(struct reading *r, const enum format as[SNIFF_MAX], size_t n)
{
    const struct suffix_rule *rule = suffix_find(r->layer->name);
    if (n == 0) {
        nothing_known(r, rule);
        return;
    }
    if (!rule || rule->family == FAM_NONE) return;
    for (size_t i = 0; i < n; i++)
        if (suffix_allows(rule, as[i]) || suffix_allows(rule, made_of(as[i]))) return;
    if (rule->family == FAM_MODEL && is_text(as[0])) {
        text_for_model(r, rule);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (!can_run(as[i])) continue;
        tell_anomaly(r, ANOMALY_SUFFIX, 0, "%s, but the bytes are %s", rule->suffix,
                     format_name(as[i]));
        return;
    }
}
