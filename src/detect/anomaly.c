/* SPDX-License-Identifier: Apache-2.0 */
/* anomaly.c - what an oddity of a file means: rule and sentence per anomaly, and the few
 * circumstances that make it better or worse than its rule says. */
#include "detect/judge.h"
#include "finding/rules.h"

struct anomaly_row {
    const char *rule;
    const char *archive_rule; /* instead, when the odd thing is a container; NULL: the same */
    const char *message;      /* what it means; the reader's detail becomes the evidence */
    const char *data_rule;    /* instead, when it is a dataset or media file; NULL: the same */
};

static const struct anomaly_row rows[ANOMALY_COUNT] = {
    /* any format */
    [ANOMALY_TRUNCATED] = {"model.malformed", "archive.malformed",
                           "The bytes end before their own structure does, so a loader fails or "
                           "reads what lies behind them",
                           "data.malformed"},
    [ANOMALY_MALFORMED] = {"model.malformed", "archive.malformed",
                           "The bytes break the rules of their format: loaders disagree about what "
                           "they hold, and some can be made to crash",
                           "data.malformed"},
    [ANOMALY_TRAILING] = {"model.trailing-data", "archive.trailing-data",
                          "Bytes lie behind the end, where loaders do not look and other programs "
                          "may",
                          "data.trailing-data"},
    [ANOMALY_POLYGLOT] = {"model.polyglot", NULL,
                          "The same bytes are two formats at once: a check sees one, a loader "
                          "opens the other"},
    [ANOMALY_SUFFIX] = {"model.suffix-mismatch", NULL,
                        "The name promises another format than the bytes are, which gets them past "
                        "checks that go by the name"},
    [ANOMALY_EMPTY] = {"model.malformed", NULL,
                       "The model holds no bytes: what should be there is missing or was removed"},
    /* archives */
    [ANOMALY_ARCHIVE_DUPLICATE] = {"archive.duplicate-member", NULL,
                                   "Two members answer to one name: a check reads the first, a "
                                   "loader may take the last, or the other way round"},
    [ANOMALY_ARCHIVE_HEADERS_DIFFER] = {"archive.header-mismatch", NULL,
                                        "The two headers of a member disagree, so what is loaded "
                                        "depends on which one the loader believes"},
    [ANOMALY_ARCHIVE_CRC] = {"archive.crc-mismatch", NULL,
                             "The bytes are not those that were packed; some loaders stop here, "
                             "others load them all the same"},
    [ANOMALY_ARCHIVE_PREFIX] = {"archive.prefix-data", NULL,
                                "Bytes stand before the archive: by its first bytes the file is "
                                "something else"},
    [ANOMALY_ARCHIVE_CONCATENATED] = {"archive.concatenated", NULL,
                                      "There is more than one archive in the file, and tools "
                                      "differ in which one they open"},
    [ANOMALY_ARCHIVE_HIDDEN_MEMBER] = {"archive.hidden-member", NULL,
                                       "A member is not in the directory: listing tools do not "
                                       "show it, loaders that read in order load it"},
    [ANOMALY_ARCHIVE_OVERLAP] = {"archive.overlap", NULL,
                                 "Members share their bytes: a small file can unpack to an "
                                 "enormous one, or one member hides in another"},
    [ANOMALY_ARCHIVE_PATH] = {"archive.path-escape", NULL,
                              "The name of a member leads outside the folder that it is unpacked "
                              "into, where it may replace a file that is run later"},
    [ANOMALY_ARCHIVE_SYMLINK] = {"archive.symlink", NULL,
                                 "A link leads outside the folder: whatever is unpacked through it "
                                 "is written there"},
    [ANOMALY_ARCHIVE_SPECIAL] = {"archive.special-file", NULL,
                                 "A member is no ordinary file, and unpacking it does more than "
                                 "write bytes"},
    [ANOMALY_ARCHIVE_BOMB] = {"archive.bomb", NULL,
                              "A few bytes unpack to an amount that fills memory or disk of "
                              "whoever opens them"},
    /* pickle, torch, joblib, numpy */
    [ANOMALY_PICKLE_TRAILING] = {"model.pickle-trailing", NULL,
                                 "Bytes follow the end of the pickle, where a second load finds "
                                 "them and a check may not"},
    [ANOMALY_PICKLE_EXPANSION] = {"model.pickle-resource", NULL,
                                  "Loading these few bytes builds an object that exhausts memory "
                                  "or time"},
    [ANOMALY_PICKLE_EXTENSION] = {"model.pickle-extension-code", NULL,
                                  "A number stands for a function that only the loading process "
                                  "can name, so the file does not show what is called"},
    [ANOMALY_PICKLE_TEXT_NUMBER] = {"model.pickle-obfuscated", NULL,
                                    "A number is spelt in a way that Python's loader accepts and "
                                    "most inspection tools stop at"},
    [ANOMALY_PICKLE_COMPUTED_NAME] = {"model.pickle-obfuscated", NULL,
                                      "The name of an import is put together while loading, so "
                                      "that it does not stand in the file"},
    [ANOMALY_PICKLE_PERSISTENT_ID] = {"model.pickle-persistent-id", NULL,
                                      "The stream asks its loader for an outside object where no "
                                      "loader of this format expects it"},
    [ANOMALY_TORCHSCRIPT_OP] = {"model.torchscript-unsafe-op", NULL,
                                "TorchScript code in the model reaches for files or processes when "
                                "it is loaded or run"},
    [ANOMALY_TORCH_PACKAGE_CODE] = {"model.torch-package-code", NULL,
                                    "The archive brings Python source that is run when the package "
                                    "is imported"},
    [ANOMALY_NUMPY_OBJECT_ARRAY] = {"model.numpy-object-array", NULL,
                                    "The array is a pickle inside, so loading it needs "
                                    "allow_pickle=True and can run code"},
    /* safetensors, GGUF */
    [ANOMALY_SAFETENSORS_LAYOUT] = {"model.safetensors-layout", NULL,
                                    "The tensors do not cover the data exactly: bytes can hide "
                                    "between them, or one tensor rewrites another"},
    [ANOMALY_SAFETENSORS_DUPLICATE] = {"model.duplicate-key", NULL,
                                       "A name is defined twice, and loaders differ in which "
                                       "definition they take"},
    [ANOMALY_GGUF_LAYOUT] = {"model.gguf-layout", NULL,
                             "The numbers of the header do not fit the file, which has made "
                             "loaders read or write outside their memory"},
    [ANOMALY_GGUF_DUPLICATE] = {"model.duplicate-key", NULL,
                                "A key is defined twice, and loaders differ in which value they "
                                "take"},
    [ANOMALY_DATA_MALFORMED] = {"data.malformed", NULL,
                                "The record breaks the rules of its format: one loader drops it, "
                                "another repairs it, and what is learnt is not what was checked"},
    /* repository files */
    [ANOMALY_REMOTE_CODE] = {"model.remote-code", NULL,
                             "The configuration makes the loader fetch code from another "
                             "repository and run it"},
    [ANOMALY_LOCAL_CODE] = {"model.local-code", NULL,
                            "The configuration makes the loader run Python files that come with "
                            "the model"},
    [ANOMALY_CONFIG_CALL] = {"model.config-call", NULL,
                             "The configuration names a function that acts, and its loader calls "
                             "what is named"},
    [ANOMALY_SHARD_PATH] = {"model.path-escape", NULL,
                            "The model names a file outside its own folder, which the loader then "
                            "reads"},
    [ANOMALY_SHARD_MISSING] = {"model.shard-missing", NULL,
                               "A part of the model is missing, so it cannot be checked or loaded "
                               "as a whole"},
    /* pictures, markup, databases and lists in datasets */
    [ANOMALY_IMAGE_BOMB] = {"data.image-bomb", NULL,
                            "The header promises an amount of pixels that fills the memory of "
                            "whoever decodes the picture"},
    [ANOMALY_IMAGE_OWNER] = {"data.image-owner", NULL,
                             "The picture names its photographer's camera, which ties it to every "
                             "other picture of that person"},
    [ANOMALY_ACTIVE_CONTENT] = {"data.active-content", NULL,
                                "A script stands where data is expected: whoever shows or opens it "
                                "runs it"},
    [ANOMALY_XML_ENTITY] = {"data.xml-entity", NULL,
                            "Whoever parses this XML with entities switched on reads files or "
                            "addresses of the attacker's choice, or runs out of memory"},
    [ANOMALY_SAMPLE_PARTS] =
        {"data.sample-parts", NULL,
         "Samples do not have the same parts, so loaders drop or mispair them"},
    [ANOMALY_LOADING_SCRIPT] = {"data.loading-script", NULL,
                                "Loading the dataset runs this Python file with the rights of "
                                "whoever loads it"},
    [ANOMALY_CARD_FIELDS] = {"data.card-incomplete", NULL,
                             "The card does not say what users of the data must know to use it "
                             "lawfully"},
    [ANOMALY_DATA_REMOTE] = {"data.remote-files", NULL,
                             "The rows are fetched from an address whose content can be changed "
                             "after this was checked"},
    [ANOMALY_DATA_UNHASHED] = {"data.unhashed-files", NULL,
                               "Files are named without a digest, so nobody notices when their "
                               "content is exchanged"},
};

/* Formats to which a pickle is no surprise: the mix-up is common and harmless by itself. */
static bool promises_pickle(const struct suffix_rule *rule)
{
    return rule && rule->family == FAM_MODEL &&
           (suffix_allows(rule, FMT_PICKLE) || suffix_allows(rule, FMT_TORCH_ZIP));
}

/* A name that people trust not to run anything. */
static bool promises_harmless(const struct suffix_rule *rule)
{
    if (!rule) return false;
    return suffix_allows(rule, FMT_SAFETENSORS) || suffix_allows(rule, FMT_GGUF) ||
           rule->family == FAM_OTHER || rule->family == FAM_CONFIG ||
           rule->family == FAM_SETTINGS || rule->family == FAM_DEPENDENCIES ||
           rule->family == FAM_DATASET;
}

/* Loading bytes of this format runs nothing that they bring along. */
static bool inert(enum format f)
{
    switch (f) {
    case FMT_SAFETENSORS:
    case FMT_GGUF:
    case FMT_GGML:
    case FMT_NPY:
    case FMT_IMAGE:
    case FMT_AUDIO:
    case FMT_PDF: return true;
    default: return false;
    }
}

static enum severity suffix_severity(const struct reading *r, enum severity usual)
{
    const struct suffix_rule *rule = suffix_find(r->layer->name);
    if (inert(r->format)) return usual;
    if (promises_pickle(rule)) return SEV_LOW;
    return promises_harmless(rule) ? SEV_HIGH : usual;
}

static enum severity duplicate_severity(const struct reading *r, struct slice detail,
                                        enum severity usual)
{
    if (slice_ends(detail, S("(but for upper and lower case)"))) return SEV_LOW;
    return r->format == FMT_TAR ? SEV_LOW : usual; /* tar -r replaces a file in just this way */
}

/* Pages are made to hold scripts; in a container of samples somebody opens them to look. */
static enum severity active_severity(const struct reading *r, enum severity usual)
{
    if (r->format == FMT_SQLITE) return SEV_HIGH;
    if (r->format == FMT_HTML) return r->layer->depth ? SEV_LOW : SEV_INFO;
    return usual;
}

static enum severity weigh(const struct reading *r, const struct event *ev, enum severity usual)
{
    switch (ev->anomaly.what) {
    case ANOMALY_SUFFIX: return suffix_severity(r, usual);
    case ANOMALY_CARD_FIELDS:
        return slice_has(ev->anomaly.detail, S("no licence")) ? usual : SEV_INFO;
    case ANOMALY_DATA_REMOTE:
        return slice_has(ev->anomaly.detail, S("http://")) ? SEV_MEDIUM : usual;
    case ANOMALY_ACTIVE_CONTENT: return active_severity(r, usual);
    case ANOMALY_TRAILING: return r->format == FMT_SAFETENSORS ? SEV_HIGH : usual; /* no loader */
    case ANOMALY_MALFORMED: return r->format == FMT_XML || r->format == FMT_SVG ? SEV_LOW : usual;
    case ANOMALY_ARCHIVE_DUPLICATE: return duplicate_severity(r, ev->anomaly.detail, usual);
    default: return usual;
    }
}

static bool is_page(enum format f)
{
    return f == FMT_HTML || f == FMT_XML || f == FMT_SVG;
}

/* Rows, pictures and pages: what is wrong with them is wrong with data. */
static bool is_data(enum format f)
{
    return format_family(f) == FAM_DATASET || f == FMT_IMAGE || is_page(f);
}

static const char *rule_of(const struct anomaly_row *row, enum format f)
{
    if (row->archive_rule && format_family(f) == FAM_CONTAINER) return row->archive_rule;
    return row->data_rule && is_data(f) ? row->data_rule : row->rule;
}

void judge_anomaly(struct judge *j, const struct reading *r, const struct event *ev)
{
    const struct anomaly_row *row = &rows[ev->anomaly.what];
    if (!row->rule) return;
    struct finding f = judge_finding(j, r, rule_of(row, r->format), ev->offset);
    f.severity = weigh(r, ev, f.severity);
    if (ev->line) f.line = (int64_t)ev->line;
    if (ev->row) f.row = (int64_t)ev->row - 1;
    f.message = slice_str(row->message);
    f.evidence = arena_copy(j->arena, ev->anomaly.detail);
    if (!f.evidence.p) j->nomem = true;
    judge_emit(j, &f);
}

static const char *const unread_messages[] = {
    [UNREAD_ENCRYPTED] = "The bytes are encrypted, so nobody but the holder of the key knows what "
                         "will be loaded",
    [UNREAD_UNSUPPORTED] = "The bytes are of a kind that was not inspected: nothing can be said "
                           "about what loading them does",
    [UNREAD_LIMIT] = "A limit ended the inspection, so what lies behind it is unknown",
    [UNREAD_MALFORMED] = "The structure is lost from here on, so what follows was not inspected",
    [UNREAD_MEMORY] = "Memory ran out, so these bytes were not inspected",
    [UNREAD_POINTER] = "A pointer lies here and not the content: what will be loaded in its place "
                       "was not inspected",
};

/* A dataset that could not be looked at runs nothing when it is loaded, and neither does text. */
static const char *unread_rule(const struct reading *r)
{
    const struct suffix_rule *suffix = suffix_find(r->layer->name);
    enum format_family promised = suffix ? suffix->family : FAM_NONE, is = format_family(r->format);
    if (promised == FAM_MODEL && (is == FAM_NONE || is_page(r->format)))
        return "model.not-inspected";
    if (is_data(r->format)) return "data.not-inspected";
    if (promised == FAM_DATASET && is != FAM_MODEL) return "data.not-inspected";
    bool text = is == FAM_CODE || is == FAM_NOTEBOOK || is == FAM_SETTINGS ||
                is == FAM_DEPENDENCIES || r->format == FMT_TEXT || r->format == FMT_MARKDOWN;
    return text && promised != FAM_MODEL ? "file.not-inspected" : "model.not-inspected";
}

void judge_missed(struct judge *j, const struct reading *r, uint64_t offset, const char *message,
                  struct slice evidence)
{
    struct finding f = judge_finding(j, r, unread_rule(r), offset);
    j->not_inspected = true;
    f.message = slice_str(message);
    f.evidence = arena_copy(j->arena, evidence);
    if (!f.evidence.p) j->nomem = true;
    judge_emit(j, &f);
}

/* Of a file that is no model and no dataset by its name it is worth a remark. */
static void judge_pointer(struct judge *j, const struct reading *r, const struct event *ev)
{
    const struct suffix_rule *suffix = suffix_find(r->layer->name);
    enum format_family promised = suffix ? suffix->family : FAM_NONE;
    bool data = promised == FAM_DATASET || promised == FAM_CONTAINER;
    const char *rule = promised == FAM_MODEL ? "model.not-inspected"
                       : data                ? "data.not-inspected"
                                             : "file.not-inspected";
    struct finding f = judge_finding(j, r, rule, ev->offset);
    if (promised != FAM_MODEL && !data) f.severity = SEV_LOW;
    j->not_inspected = true;
    f.message = slice_str(unread_messages[UNREAD_POINTER]);
    f.fix = S("Fetch the content (git lfs pull), and scan again.");
    f.evidence = arena_copy(j->arena, ev->unread.detail);
    if (!f.evidence.p) j->nomem = true;
    judge_emit(j, &f);
}

void judge_unread(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct slice detail = ev->unread.detail;
    j->unread += ev->unread.bytes;
    if (ev->unread.why == UNREAD_POINTER) {
        judge_pointer(j, r, ev);
        return;
    }
    if (is_data(r->format) && ev->unread.bytes) {
        detail = arena_printf(j->arena, "%.*s: %llu bytes", SLICE_ARG(detail),
                              (unsigned long long)ev->unread.bytes);
        if (!detail.p) j->nomem = true;
    }
    judge_missed(j, r, ev->offset, unread_messages[ev->unread.why], detail);
}
