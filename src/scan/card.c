/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/card.h"
#include "base/utf8.h"

struct card_row {
    const char *key;
    bool is_number, is_list;
};

static const struct card_row rows[CARD_COUNT] = {
    [CARD_FRAMEWORK] = {"framework", 0, 0},
    [CARD_PRODUCER] = {"producer", 0, 0},
    [CARD_ARCHITECTURE] = {"architecture", 0, 0},
    [CARD_NAME] = {"name", 0, 0},
    [CARD_LICENCE] = {"licence", 0, 0},
    [CARD_PROTOCOL] = {"protocol", 0, 0},
    [CARD_TENSORS] = {"tensors", 1, 0},
    [CARD_PARAMETERS] = {"parameters", 1, 0},
    [CARD_DTYPES] = {"dtypes", 0, 1},
    [CARD_TEMPLATE] = {"chat_template", 0, 0},
    [CARD_QUANTISATION] = {"quantisation", 0, 0},
    [CARD_CONTEXT] = {"context", 0, 0},
    [CARD_BASE_MODEL] = {"base_model", 0, 0},
    [CARD_WEIGHTS_ONLY] = {"weights_only", 0, 0},
    [CARD_IMPORTS] = {"imports", 0, 1},
    [CARD_ROWS] = {"rows", 1, 0},
    [CARD_COLUMNS] = {"columns", 1, 0},
    [CARD_ENCODING] = {"encoding", 0, 0},
    [CARD_DIALECT] = {"dialect", 0, 0},
    [CARD_CODECS] = {"codecs", 0, 1},
    [CARD_ARTIFACT_TYPE] = {"artifact_type", 0, 1},
    [CARD_MEDIA_TYPES] = {"media_types", 0, 1},
    [CARD_FLAVOURS] = {"flavours", 0, 1},
    [CARD_MODEL_ID] = {"model_id", 0, 0},
    [CARD_CALL] = {"call", 0, 0},
};

static void put_string(struct buf *out, struct slice s)
{
    buf_byte(out, '"');
    esc_json(out, s);
    buf_byte(out, '"');
}

static void put_list(struct buf *out, struct slice list)
{
    struct slice part;
    bool first = true;
    buf_byte(out, '[');
    while (slice_split(&list, ',', &part)) {
        if (!first) buf_byte(out, ',');
        first = false;
        put_string(out, slice_trim(part));
    }
    buf_byte(out, ']');
}

static void put_key(struct buf *out, const char *key)
{
    if (out->n > 1) buf_byte(out, ',');
    buf_printf(out, "\"%s\":", key);
}

void card_json(struct buf *out, const struct judge *j, struct slice inspected)
{
    buf_byte(out, '{');
    if (j->variant) {
        put_key(out, "variant");
        put_string(out, slice_str(j->variant));
    }
    for (unsigned k = 0; k < CARD_COUNT; k++) {
        bool known = rows[k].is_number ? j->numbers[k] != 0 : j->card[k].n != 0;
        if (!known && !(k == CARD_ROWS && j->has_rows)) continue;
        put_key(out, rows[k].key);
        if (rows[k].is_number)
            buf_printf(out, "%llu", (unsigned long long)j->numbers[k]);
        else if (rows[k].is_list)
            put_list(out, j->card[k]);
        else
            put_string(out, j->card[k]);
    }
    put_key(out, "inspected");
    put_string(out, inspected);
    buf_byte(out, '}');
}
