/* SPDX-License-Identifier: Apache-2.0 */
/* card.c - README.md of a dataset (its YAML front matter and its words), and loading scripts. */
#include "read/data/card.h"
#include "base/st.h"
#include <stdio.h>

void card_tell(const struct reading *r, enum anomaly what, uint64_t at, uint64_t line,
               struct slice detail)
{
    tell(r, &(struct event){
                .kind = EV_ANOMALY, .offset = at, .line = line, .anomaly = {what, detail}});
}

/* ---- the card ---- */

/* Front matter that only datasets have (Hugging Face's dataset card specification). */
static const char *const dataset_keys[] = {
    "dataset_info:",      "configs:",           "task_categories:", "task_ids:",
    "size_categories:",   "source_datasets:",   "multilinguality:", "annotations_creators:",
    "language_creators:", "paperswithcode_id:", "viewer:",          "configs_kwargs:",
};

static bool is_dataset(struct slice front)
{
    struct slice line;
    while (slice_split(&front, '\n', &line))
        for (size_t i = 0; i < COUNT_OF(dataset_keys); i++)
            if (slice_starts(line, slice_str(dataset_keys[i]))) return true;
    return false;
}

/* "license: mit", or a list below it. */
static bool has_licence(struct slice front)
{
    struct slice line;
    bool list = false;
    while (slice_split(&front, '\n', &line)) {
        struct slice text = slice_trim(line);
        if (list) return slice_starts(text, S("-"));
        if (!slice_starts(line, S("license:")) && !slice_starts(line, S("licence:"))) continue;
        struct slice value = slice_trim(slice_sub(line, 8, SIZE_MAX));
        list = value.n == 0;
        if (!list) return !slice_eq(value, S("unknown")) && !slice_eq(value, S("[]"));
    }
    return false;
}

static bool says(struct slice text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_has_nocase(text, slice_str(words[i]))) return true;
    return false;
}

/* A heading of the template under which nobody wrote anything. */
static bool left_empty(struct slice text, struct slice heading)
{
    size_t at = slice_find(text, heading);
    struct slice behind = slice_sub(text, at == SIZE_MAX ? text.n : at + heading.n, 80);
    return slice_has(behind, S("[More Information Needed]"));
}

static bool speaks_of_people(struct slice text)
{
    static const char *const words[] = {
        "personal", "privacy", "anonymi", "consent", "gdpr", "pii", "sensitive information"};
    if (left_empty(text, S("Personal and Sensitive Information"))) return false;
    return says(text, words, COUNT_OF(words));
}

static bool speaks_of_source(struct slice text)
{
    static const char *const words[] = {"source",  "collected", "curat",     "annotat", "crawl",
                                        "scraped", "derived",   "generated", "recorded"};
    return says(text, words, COUNT_OF(words));
}

static void missing(const struct reading *r, struct slice front)
{
    char text[160];
    struct slice body = slice_sub(r->layer->bytes, front.n, (size_t)1 << 20);
    bool licence = has_licence(front), people = speaks_of_people(body);
    bool source = speaks_of_source(body);
    if (licence && people && source) return;
    int n = snprintf(text, sizeof text, "%s%s%s", licence ? "" : "no licence; ",
                     people ? "" : "no word about personal data and consent; ",
                     source ? "" : "no word about where it comes from; ");
    if (n > 2) card_tell(r, ANOMALY_CARD_FIELDS, 0, 1, slice_of(text, (size_t)n - 2));
}

/* "data_files: http://...", "path: https://...", "- https://..." below them. */
static void remote_files(const struct reading *r, struct slice front)
{
    static const char *const keys[] = {
        "data_files:", "path:", "- path:", "url:", "- http", "- \"http"};
    struct slice line;
    uint64_t number = 0, at = 0;
    bool files = false;
    while (slice_split(&front, '\n', &line)) {
        struct slice text = slice_trim(line);
        number++;
        files |= slice_has(text, S("data_files:"));
        for (size_t i = 0; i < COUNT_OF(keys) && files; i++) {
            if (!slice_starts(text, slice_str(keys[i]))) continue;
            if (slice_has(text, S("http://")) || slice_has(text, S("https://")))
                card_tell(r, ANOMALY_DATA_REMOTE, at, number, slice_sub(text, 0, 160));
            break;
        }
        at += line.n + 1;
    }
}

void dataset_card(const struct reading *r, struct slice front)
{
    if (!front.n || !is_dataset(front)) return;
    missing(r, front);
    remote_files(r, front);
}

/* ---- the script ---- */

void dataset_script(const struct reading *r)
{
    struct slice s = r->layer->bytes, rest, line;
    uint64_t number = 0, at = 0;
    if (slice_find(s, S("BasedBuilder")) == SIZE_MAX) return;
    if (!slice_has(s, S("import datasets")) && !slice_has(s, S("from datasets"))) return;
    for (rest = s; slice_split(&rest, '\n', &line); at += line.n + 1) {
        number++;
        if (!slice_starts(line, S("class ")) || !slice_has(line, S("BasedBuilder"))) continue;
        card_tell(r, ANOMALY_LOADING_SCRIPT, at, number, slice_sub(slice_trim(line), 0, 160));
        return;
    }
}
