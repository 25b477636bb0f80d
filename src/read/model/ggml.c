/* SPDX-License-Identifier: Apache-2.0 */
#include "read/model/ggml.h"
#include "base/cursor.h"
#include "base/num.h"
#include "read/model/ggml_type.h"

#define PARAMETERS_MAX 12
#define NO_VOCABULARY  (-1)
#define OWN_COUNT      (-2) /* the number of words stands again behind the parameters */
#define NAME_LONGEST   256u
#define FILTERS_MAX    65536u

struct layout {
    const char *name, *magic;
    bool versioned;
    unsigned parameters; /* 32-bit numbers */
    int words;           /* which of them counts the words, or one of the above */
    bool filters;        /* Whisper's table of floats before the vocabulary */
    bool scores;         /* a float behind each word */
    unsigned alignment;
};

static const struct layout layouts[] = {
    {"GGJT", "tjgg", true, 7, 0, false, true, 32},
    {"GGMF", "fmgg", true, 7, 0, false, true, 1},
    {"GGMF (RWKV)", "fmgg", true, 4, NO_VOCABULARY, false, false, 1},
    {"GGLA", "algg", true, 2, NO_VOCABULARY, false, false, 32},
    {"GGML (LLaMA)", "lmgg", false, 7, 0, false, false, 1},
    {"GGML (Whisper)", "lmgg", false, 11, OWN_COUNT, true, false, 1},
    {"GGML (GPT-2)", "lmgg", false, 6, OWN_COUNT, false, false, 1},
    {"GGML (GPT-J)", "lmgg", false, 7, OWN_COUNT, false, false, 1},
    {"GGML (GPT-NeoX)", "lmgg", false, 8, 0, false, false, 1},
    {"GGML (MPT)", "lmgg", false, 8, 4, false, false, 1},
    {"GGML (BLOOM)", "lmgg", false, 6, 0, false, false, 1},
};

struct ggml {
    struct reading *r;
    struct cursor c;
    const struct layout *layout;
    uint64_t tensors, parameters;
    uint32_t file_type;
    bool telling; /* false: only trying */
};

static bool vocabulary(struct ggml *g, uint64_t words)
{
    if (words > cur_left(&g->c) / (g->layout->scores ? 8 : 4)) return false;
    for (uint64_t i = 0; i < words && cur_ok(&g->c); i++) {
        if (!budget_work(g->r->budget, 1)) return false;
        cur_skip(&g->c, cur_u32le(&g->c));
        if (g->layout->scores) cur_skip(&g->c, 4);
    }
    return cur_ok(&g->c);
}

static bool header(struct ggml *g)
{
    uint32_t p[PARAMETERS_MAX] = {0};
    const struct layout *l = g->layout;
    cur_skip(&g->c, l->versioned ? 8 : 4);
    for (unsigned i = 0; i < l->parameters; i++) p[i] = cur_u32le(&g->c);
    g->file_type = p[l->parameters - 1] % 1000; /* thousands: the version of the quantisation */
    if (l->filters) {
        uint64_t rows = cur_u32le(&g->c), columns = cur_u32le(&g->c);
        if (rows > FILTERS_MAX || columns > FILTERS_MAX) return false;
        cur_skip(&g->c, rows * columns * 4);
    }
    if (!cur_ok(&g->c) || l->words == NO_VOCABULARY) return cur_ok(&g->c);
    return vocabulary(g, l->words == OWN_COUNT ? cur_u32le(&g->c) : p[l->words]);
}

static void show(const struct ggml *g, struct tensor *t, const struct ggml_type *type, uint64_t at)
{
    t->dtype = type->dtype;
    tell_tensor(g->r, t, at);
    tell_card(g->r, CARD_DTYPES, slice_str(type->name));
}

/* False where what stands here is no tensor. */
static bool tensor(struct ggml *g)
{
    uint64_t dims[4] = {0}, elements, bytes;
    struct tensor t = {.shape = dims, .rank = cur_u32le(&g->c)};
    uint64_t name = cur_u32le(&g->c);
    const struct ggml_type *type = ggml_type_of(cur_u32le(&g->c));
    if (!cur_ok(&g->c) || !type || !name || name > NAME_LONGEST || t.rank < 1 || t.rank > 4)
        return false;
    for (size_t i = 0; i < t.rank; i++) dims[i] = cur_u32le(&g->c);
    t.name = cur_bytes(&g->c, name);
    cur_skip(&g->c,
             (g->layout->alignment - cur_pos(&g->c) % g->layout->alignment) % g->layout->alignment);
    if (!ggml_type_size(type, dims, t.rank, &elements, &bytes)) return false;
    uint64_t at = cur_pos(&g->c);
    t.bytes = cur_bytes(&g->c, bytes);
    if (!cur_ok(&g->c)) return false;
    g->tensors++;
    if (!num_add(g->parameters, elements, &g->parameters)) g->parameters = UINT64_MAX;
    if (g->telling) show(g, &t, type, at);
    return true;
}

/* Where the tensors end; the file's size when the layout is right. */
static uint64_t run(struct ggml *g, const struct layout *l, bool telling)
{
    *g = (struct ggml){.r = g->r, .c = cur_of(g->r->layer->bytes), .layout = l, .telling = telling};
    uint64_t good = 0;
    if (!header(g)) return 0;
    while (cur_left(&g->c) && budget_work(g->r->budget, 8)) {
        good = cur_pos(&g->c);
        if (!tensor(g)) return good;
    }
    return cur_pos(&g->c);
}

static const struct layout *choose(struct ggml *g)
{
    const struct layout *best = NULL;
    uint64_t most = 0;
    for (size_t i = 0; i < COUNT_OF(layouts); i++) {
        if (!slice_starts(g->r->layer->bytes, slice_str(layouts[i].magic))) continue;
        uint64_t end = run(g, &layouts[i], false);
        if (g->tensors && end > most) {
            most = end;
            best = &layouts[i];
        }
    }
    return best;
}

enum st ggml_read(struct reading *r)
{
    struct ggml g = {.r = r};
    uint64_t size = r->layer->bytes.n;
    const struct layout *l = choose(&g);
    tell_format(r, FMT_GGML, l ? l->name : NULL);
    if (r->budget->spent) return ST_LIMIT;
    if (!l) {
        tell_blob(r, r->layer->bytes, 0);
        return ST_UNSUPPORTED;
    }
    uint64_t end = run(&g, l, true);
    const char *type = ggml_file_type(g.file_type);
    tell_card(r, CARD_FRAMEWORK, S("ggml"));
    if (type) tell_card(r, CARD_QUANTISATION, slice_str(type));
    tell_card_number(r, CARD_TENSORS, g.tensors);
    tell_card_number(r, CARD_PARAMETERS, g.parameters);
    if (end == size) return ST_OK;
    tell_anomaly(r, ANOMALY_TRUNCATED, end, "what follows is not a whole tensor");
    tell_unread(r, UNREAD_MALFORMED, end, size - end, "everything behind the last whole tensor");
    return ST_OK;
}
