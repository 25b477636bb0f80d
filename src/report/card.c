/* SPDX-License-Identifier: Apache-2.0 */
#include "report/card.h"
#include "base/st.h"
#include "codec/json.h"
#include "report/words.h"

/* In the order in which they are shown; a label only where the key would not do. */
static const struct {
    const char *key, *label;
} known[] = {
    {"framework", "framework"},
    {"architecture", "architecture"},
    {"name", "name"},
    {"parameters", "parameters"},
    {"tensors", "tensors"},
    {"dtypes", "dtypes"},
    {"quantisation", "quantisation"},
    {"context", "context"},
    {"licence", "licence"},
    {"base_model", "made from"},
    {"producer", "made by"},
    {"chat_template", "chat template"},
    {"protocol", "protocol"},
    {"variant", "variant"},
    {"weights_only", "weights_only"},
    {"rows", "rows"},
    {"imports", "imports"},
    {"artifact_type", "artifact type"},
    {"media_types", "media types"},
    {"flavours", "flavours"},
    {"model_id", "model id"},
    {"call", "inputs and outputs"},
    {"inspected", "inspected"},
};

bool card_is_sound(struct slice detail)
{
    struct json j;
    json_init(&j, detail);
    if (json_next(&j) != JSON_OBJECT) return false;
    enum json_token t;
    do t = json_next(&j);
    while (t != JSON_BAD && t != JSON_END);
    return t == JSON_END;
}

static size_t rank_of(struct slice key)
{
    size_t i = 0;
    while (i < COUNT_OF(known) && !slice_eq(key, slice_str(known[i].key))) i++;
    return i;
}

/* The current scalar as text; p == NULL for what has no text. */
static struct slice scalar(const struct json *j, struct arena *a)
{
    switch (j->token) {
    case JSON_STRING: return json_text(j, a);
    case JSON_NUMBER: return j->raw;
    case JSON_TRUE: return S("yes");
    case JSON_FALSE: return S("no");
    default: return (struct slice){NULL, 0};
    }
}

static struct slice joined(struct json *j, struct arena *a)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    while (json_next(j) != JSON_ARRAY_END && j->token != JSON_BAD) {
        struct slice item = scalar(j, a);
        if (!item.p && !json_skip(j)) break;
        if (b.n && item.n) buf_str(&b, ", ");
        buf_add(&b, item);
    }
    struct slice all = arena_copy(a, buf_slice(&b));
    buf_done(&b);
    return all;
}

/* The value after a key; false when it is not one to show. */
static bool value(struct json *j, struct arena *a, struct card_line *line)
{
    if (json_next(j) == JSON_ARRAY) {
        line->value = joined(j, a);
    } else {
        line->number = json_u64(j, &line->n);
        line->value = scalar(j, a);
        if (!line->value.p) (void)json_skip(j);
    }
    return line->value.n > 0;
}

static void insert(struct card_lines *to, size_t ranks[], const struct card_line *line, size_t rank)
{
    if (to->count == CARD_LINES_MAX) return;
    size_t at = to->count++;
    for (; at && ranks[at - 1] > rank; at--) {
        to->items[at] = to->items[at - 1];
        ranks[at] = ranks[at - 1];
    }
    to->items[at] = *line;
    ranks[at] = rank;
}

void card_read(struct arena *a, struct slice detail, struct card_lines *ret)
{
    struct json j;
    size_t ranks[CARD_LINES_MAX];
    *ret = (struct card_lines){.count = 0};
    if (!card_is_sound(detail)) return;
    json_init(&j, detail);
    (void)json_next(&j);
    while (json_next(&j) == JSON_KEY) {
        struct card_line line = {.label = json_text(&j, a)};
        size_t rank = rank_of(line.label);
        if (rank < COUNT_OF(known)) line.label = slice_str(known[rank].label);
        bool shown = value(&j, a, &line);
        /* that all of it was read is no news; that it was not, is */
        if (slice_eq(line.label, S("inspected")) && slice_eq(line.value, S("content"))) continue;
        if (shown) insert(ret, ranks, &line, rank);
    }
}

void card_say(struct buf *b, const struct card_line *line)
{
    if (line->number)
        say_short(b, line->n);
    else
        buf_add(b, line->value);
}
