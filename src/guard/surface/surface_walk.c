/* SPDX-License-Identifier: Apache-2.0 */
/* surface_walk.c - one pass over the tokens, a frame per open bracket.
 *
 * A frame remembers which parts were told inside it. When an object ends, what it says of itself is
 * laid over those that nobody inside has claimed:
 *
 *     {"content": "Hi", "role": "system"}     "Hi" is told with the role still open (PART_ROLES);
 *                       ^ role                at } every open role in the frame becomes system
 *
 * Keys: those of the shape are a bit each; others are compared with the few before them, and beyond
 * KEYS_FEW of them a hash table answers. */
#include "guard/surface/surface_walk.h"
#include "base/map.h"
#include "base/num.h"
#include "codec/json.h"
#include "guard/surface/surface_data.h"

#define OPEN_ROLE   PART_ROLES
#define KEYS_FEW    16u
#define DIGITS_MANY 9u     /* before the point: such a number may be personal */
#define PART_FILE   0x100u /* inside the walker: Base64 if the object's type says so */
#define MAP_SEED    0x5eed5eedu
#define LIST_FIRST  16u

struct frame {
    const struct walk_node *node;
    const struct walk_word *word; /* of its type */
    size_t part, end, key;        /* the first of each that lies inside */
    struct map *many;             /* its keys, when they are many */
    uint64_t seen;                /* keys of the shape, a bit each */
    struct slice rpc;
    uint16_t index[INDEX_NONE];
    uint8_t role, own_role; /* from outside; of the object itself, or OPEN_ROLE */
    uint8_t channel;        /* what text is here */
    bool object, method, tokens, file;
};

struct walk {
    struct json j;
    struct arena *arena;
    struct surface_doc *doc;
    const struct walk_edge *edge; /* where the next value stands */
    struct frame *frames;
    struct slice *keys; /* of open objects, those that no row names */
    size_t depth, frame_room, key_count, key_room, part_room, end_room, id_room;
    bool unknown;
};

void *walk_more(struct arena *arena, void **list, size_t count, size_t *room, size_t size)
{
    if (count == *room) {
        size_t more = *room ? *room * 2 : LIST_FIRST;
        void *bigger = arena_room(arena, more, size);
        if (!bigger) return NULL;
        if (count) memcpy(bigger, *list, count * size);
        *list = bigger;
        *room = more;
    }
    return (uint8_t *)*list + count * size;
}

static const struct walk_node *node_of(const struct walk_edge *e)
{
    return &walk_nodes[e->to];
}

static struct frame *top(const struct walk *w)
{
    return &w->frames[w->depth - 1];
}

static bool refuse(struct walk *w, const char *why)
{
    w->doc->why = why;
    w->doc->where = w->j.start;
    return false;
}

static bool no_memory(struct walk *w)
{
    w->doc->why = NULL;
    return false;
}

static void unknown(struct walk *w, const char *why)
{
    if (w->unknown) return;
    w->unknown = true;
    (void)refuse(w, why);
}

/* Who speaks at a place inside the frame; OPEN_ROLE: it turns out at the end of an object. */
static uint8_t role_at(const struct frame *f, const struct walk_edge *e)
{
    if (e->role != PART_ROLES) return e->role;
    if (f->own_role != OPEN_ROLE) return f->own_role;
    return f->node->flags & WALK_OWNER ? OPEN_ROLE : f->role;
}

static uint8_t channel_at(const struct frame *f, const struct walk_edge *e)
{
    return e->channel != PART_CHANNELS ? e->channel : f->channel;
}

/* --- telling --- */

/* The current key, string or number as a part of the frame's; NULL without memory. */
static struct part *tell(struct walk *w, const struct frame *f, struct slice text, unsigned flags)
{
    void *list = w->doc->parts;
    struct part *p =
        walk_more(w->arena, &list, w->doc->part_count, &w->part_room, sizeof w->doc->parts[0]);
    const struct walk_node *node = node_of(w->edge);
    size_t from = 0;
    w->doc->parts = list;
    if (!p || !text.p) return NULL;
    uint8_t channel = node->channel;
    if (channel == PART_TEXT && !(flags & PART_KEY)) channel = channel_at(f, w->edge);
    if (node == walk_nodes) flags |= PART_UNNAMED;
    (void)slice_inside(w->j.in, w->j.raw, &from);
    *p = (struct part){.role = role_at(f, w->edge),
                       .channel = channel,
                       .flags = flags,
                       .flow = {PART_FLOW_NONE, PART_FLOW_NONE, PART_FLOW_NONE},
                       .from = from,
                       .to = from + w->j.raw.n,
                       .text = text};
    w->doc->part_count++;
    return p;
}

static bool end_flow(struct walk *w, uint8_t level)
{
    void *list = w->doc->ends;
    struct flow_end *e =
        walk_more(w->arena, &list, w->doc->end_count, &w->end_room, sizeof w->doc->ends[0]);
    w->doc->ends = list;
    if (!e) return no_memory(w);
    *e = (struct flow_end){{PART_FLOW_NONE, PART_FLOW_NONE, PART_FLOW_NONE}, level};
    w->doc->end_count++;
    return true;
}

/* --- what an object says of itself, and what others want to know --- */

static uint8_t role_named(struct slice name)
{
    static const struct {
        const char *name;
        uint8_t role;
    } rows[] = {{"user", PART_USER},       {"assistant", PART_ASSISTANT}, {"system", PART_SYSTEM},
                {"tool", PART_TOOL},       {"developer", PART_SYSTEM},    {"function", PART_TOOL},
                {"model", PART_ASSISTANT}, {"human", PART_USER},          {"ipython", PART_TOOL}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (slice_eq(name, slice_str(rows[i].name))) return rows[i].role;
    return OPEN_ROLE;
}

static const struct walk_word *word_named(const struct walk_node *node, struct slice name)
{
    for (size_t i = 0; i < node->words; i++) {
        const struct walk_word *w = &walk_words[node->word + i];
        if (slice_eq(name, slice_of(walk_names + w->at, w->n))) return w;
    }
    return NULL;
}

static void first_of(struct slice *kept, struct slice text)
{
    if (!kept->p) *kept = text;
}

/* A string stands at a place that somebody wants to know of. */
static void take_text(struct walk *w, struct frame *f, struct slice text)
{
    struct slice json = slice_sub(w->j.in, w->j.start, w->j.at - w->j.start);
    switch ((enum walk_take)node_of(w->edge)->take) {
    case TAKE_ROLE: f->own_role = role_named(text); break;
    case TAKE_TYPE: f->word = word_named(f->node, text); break;
    case TAKE_MODEL: first_of(&w->doc->model, text); break;
    case TAKE_ID: first_of(&w->doc->id, text); break;
    case TAKE_CREATED: first_of(&w->doc->created, json); break;
    case TAKE_METHOD: f->method = true; break;
    case TAKE_RPC: f->rpc = json; break;
    default: break;
    }
}

static void take_number(struct walk *w, struct frame *f)
{
    const struct walk_node *node = node_of(w->edge);
    uint64_t n;
    if (node->index != INDEX_NONE) {
        if (!json_u64(&w->j, &n) || n >= PART_FLOW_NONE)
            unknown(w, "an index that is none");
        else
            f->index[node->index] = (uint16_t)n;
    }
    if (node->take == TAKE_CREATED) first_of(&w->doc->created, w->j.raw);
    if (node->take == TAKE_SEQUENCE) w->doc->sequence = w->j.raw;
    if (node->take == TAKE_RPC) f->rpc = w->j.raw;
}

/* true, false */
static bool switch_leaf(struct walk *w, bool on)
{
    const struct walk_node *node = node_of(w->edge);
    if (node->take == TAKE_STREAM) w->doc->stream = on ? SWITCH_ON : SWITCH_OFF;
    if (node->take == TAKE_DONE) w->doc->done = on ? SWITCH_ON : SWITCH_OFF;
    return !on || !node->end || end_flow(w, node->end);
}

/* --- values --- */

/* One part for all the tokens of a list. */
static bool tell_tokens(struct walk *w, struct frame *f)
{
    if (f->tokens) return true;
    struct part *p = tell(w, f, S(""), PART_OPAQUE);
    f->tokens = true;
    if (!p) return no_memory(w);
    p->coding = PART_NUMBER;
    return true;
}

static bool string_leaf(struct walk *w, struct frame *f)
{
    const struct walk_node *node = node_of(w->edge);
    if (node->flags & WALK_OPAQUE) return tell_tokens(w, f);
    struct slice text = json_text(&w->j, w->arena);
    unsigned flags = (node->flags & WALK_GROW ? PART_GROWS : 0) |
                     (node->flags & WALK_JSON ? PART_JSON : 0) |
                     (node->flags & WALK_FILE ? PART_FILE : 0);
    struct part *p = tell(w, f, text, flags);
    if (!p) return no_memory(w);
    take_text(w, f, text);
    if (node->flags & WALK_FILE) f->file = true;
    if (node->flags & (WALK_BASE64 | WALK_VECTOR)) {
        if (!data_base64(p, w->j.in, w->arena, node->flags & WALK_VECTOR)) return no_memory(w);
    } else if (node->channel == PART_DATA_URI && !data_uri(p, w->j.in, w->arena)) {
        return no_memory(w);
    }
    return !node->end || !text.n || end_flow(w, node->end); /* some send "finish_reason":"" */
}

static bool number_leaf(struct walk *w, struct frame *f)
{
    size_t digits = w->j.raw.p[0] == '-';
    take_number(w, f);
    if (node_of(w->edge)->flags & (WALK_TOKENS | WALK_OPAQUE)) return tell_tokens(w, f);
    size_t from = digits;
    while (digits < w->j.raw.n && w->j.raw.p[digits] >= '0' && w->j.raw.p[digits] <= '9') digits++;
    if (digits - from < DIGITS_MANY || node_of(w->edge)->flags & WALK_COUNT) return true;
    struct part *p = tell(w, f, w->j.raw, 0);
    if (!p) return no_memory(w);
    p->coding = PART_NUMBER;
    return true;
}

/* --- keys --- */

static const struct walk_edge *edge_named(const struct walk_node *node, struct slice key)
{
    const struct walk_edge *e = &walk_edges[node->edge], *end = e + node->edges;
    uint8_t first = key.n ? key.p[0] : 0;
    for (; e < end; e++)
        if (e->n == key.n && (uint8_t)walk_names[e->at] == first &&
            memcmp(walk_names + e->at, key.p, key.n) == 0)
            return e;
    for (e = &walk_edges[node->edge]; e < end; e++) /* Go's decoder takes a key in any case */
        if (e->n == key.n && slice_eq_nocase(slice_of(walk_names + e->at, e->n), key)) return e;
    return NULL;
}

static bool keys_many(struct walk *w, struct frame *f)
{
    f->many = ARENA_NEW(w->arena, struct map);
    if (!f->many) return false;
    map_init(f->many, w->arena, MAP_SEED);
    for (size_t i = f->key; i < w->key_count; i++)
        if (!map_put(f->many, w->keys[i], (union map_value){.num = 1}, NULL)) return false;
    return true;
}

/* A key that no row names: was it here before? */
static bool key_new(struct walk *w, struct frame *f, struct slice key)
{
    bool before = false;
    void *list = w->keys;
    if (f->many) {
        if (!map_put(f->many, key, (union map_value){.num = 1}, &before)) return no_memory(w);
        return !before || refuse(w, "a key stands twice in one object");
    }
    for (size_t i = f->key; i < w->key_count; i++)
        if (slice_eq(w->keys[i], key)) return refuse(w, "a key stands twice in one object");
    struct slice *place = walk_more(w->arena, &list, w->key_count, &w->key_room, sizeof *place);
    w->keys = list;
    if (!place) return no_memory(w);
    *place = key;
    w->key_count++;
    return w->key_count - f->key <= KEYS_FEW || keys_many(w, f) || no_memory(w);
}

/* A key of the shape has a bit. */
static bool key(struct walk *w)
{
    struct frame *f = top(w);
    struct slice text = json_text(&w->j, w->arena);
    if (!text.p) return no_memory(w);
    const struct walk_edge *e = edge_named(f->node, text);
    if (e) {
        uint64_t bit = (uint64_t)1 << (e - &walk_edges[f->node->edge]);
        w->edge = e;
        if (f->seen & bit) return refuse(w, "a key stands twice in one object");
        f->seen |= bit;
        return true;
    }
    w->edge = &walk_edges[f->node->any];
    return key_new(w, f, text) && (tell(w, f, text, PART_KEY) || no_memory(w));
}

/* --- brackets --- */

static bool open_bracket(struct walk *w, bool object)
{
    void *list = w->frames;
    struct frame *f = walk_more(w->arena, &list, w->depth, &w->frame_room, sizeof *f);
    w->frames = list;
    if (!f) return no_memory(w);
    const struct frame *outer = &w->frames[w->depth - 1];
    *f = (struct frame){.node = node_of(w->edge),
                        .part = w->doc->part_count,
                        .end = w->doc->end_count,
                        .key = w->key_count,
                        .index = {PART_FLOW_NONE, PART_FLOW_NONE, PART_FLOW_NONE},
                        .role = role_at(outer, w->edge),
                        .own_role = OPEN_ROLE,
                        .channel = channel_at(outer, w->edge),
                        .object = object};
    w->depth++;
    if (!object) w->edge = &walk_edges[f->node->item];
    return true;
}

static void lay_flow(struct part_flow *flow, const uint16_t *index)
{
    if (flow->output == PART_FLOW_NONE) flow->output = index[INDEX_OUTPUT];
    if (flow->content == PART_FLOW_NONE) flow->content = index[INDEX_CONTENT];
    if (flow->call == PART_FLOW_NONE) flow->call = index[INDEX_CALL];
}

/* What the object is by its type. */
static bool lay_word(struct walk *w, struct frame *f, struct part *p)
{
    const struct walk_word *word = f->word;
    if (word && word->channel != PART_CHANNELS && p->channel == PART_TEXT)
        p->channel = word->channel;
    if (word && word->flags & WALK_JSON && p->flags & PART_GROWS) p->flags |= PART_JSON;
    if (!(p->flags & PART_FILE)) return true;
    p->flags &= ~PART_FILE;
    return !word || !(word->flags & WALK_BASE64) || data_base64(p, w->j.in, w->arena, false);
}

static bool lay_over(struct walk *w, struct frame *f)
{
    uint8_t role = f->own_role;
    if (role == OPEN_ROLE && f->word) role = f->word->role;
    if (role == OPEN_ROLE) role = f->role;
    for (size_t i = f->part; i < w->doc->part_count; i++) {
        struct part *p = &w->doc->parts[i];
        if (p->role == OPEN_ROLE) p->role = role;
        lay_flow(&p->flow, f->index);
        if ((f->word || f->file) && !lay_word(w, f, p)) return no_memory(w);
    }
    for (size_t i = f->end; i < w->doc->end_count; i++) lay_flow(&w->doc->ends[i].flow, f->index);
    return true;
}

static bool rpc_asks(struct walk *w, const struct frame *f)
{
    void *list = w->doc->ids;
    struct slice *id = walk_more(w->arena, &list, w->doc->id_count, &w->id_room, sizeof *id);
    w->doc->ids = list;
    if (!id) return no_memory(w);
    *id = f->rpc;
    w->doc->id_count++;
    return true;
}

static bool needs_met(const struct frame *f)
{
    for (size_t i = 0; i < f->node->edges; i++)
        if (walk_edges[f->node->edge + i].need && f->seen >> i & 1) return true;
    return false;
}

static bool close_object(struct walk *w, struct frame *f)
{
    const struct walk_word *word = f->word;
    if (f->node->flags & WALK_NEED && !needs_met(f))
        unknown(w, "none of the keys that a body of this surface has");
    if (f->method && f->rpc.p && !rpc_asks(w, f)) return false;
    if (word && word->end && !end_flow(w, word->end)) return false;
    if (word && word->flags & WALK_OPEN) {
        w->doc->opens = true;
        w->doc->opened = (struct part_flow){PART_FLOW_NONE, PART_FLOW_NONE, PART_FLOW_NONE};
        lay_flow(&w->doc->opened, f->index);
    }
    bool indexed = f->index[INDEX_OUTPUT] != PART_FLOW_NONE ||
                   f->index[INDEX_CONTENT] != PART_FLOW_NONE ||
                   f->index[INDEX_CALL] != PART_FLOW_NONE;
    bool says = word || f->file || indexed || f->node->flags & WALK_OWNER;
    return !says || lay_over(w, f);
}

static bool close_bracket(struct walk *w)
{
    struct frame *f = top(w);
    if (f->object && !close_object(w, f)) return false;
    w->key_count = f->key;
    w->depth--;
    return true;
}

/* --- the walk --- */

static bool token(struct walk *w)
{
    switch (w->j.token) {
    case JSON_KEY: return key(w);
    case JSON_OBJECT: return open_bracket(w, true);
    case JSON_ARRAY: return open_bracket(w, false);
    case JSON_OBJECT_END:
    case JSON_ARRAY_END: return close_bracket(w);
    case JSON_STRING: return string_leaf(w, top(w));
    case JSON_NUMBER: return number_leaf(w, top(w));
    case JSON_TRUE: return switch_leaf(w, true);
    case JSON_FALSE: return switch_leaf(w, false);
    default: return true;
    }
}

static bool walk(struct walk *w)
{
    while (json_next(&w->j) != JSON_END) {
        if (w->j.token == JSON_BAD) return refuse(w, w->j.error);
        if (!token(w)) return false;
        const struct frame *f = top(w);
        if (!f->object) w->edge = &walk_edges[f->node->item];
    }
    return true;
}

/* What a tool says is its result, unless a row says more. */
static void finish(struct surface_doc *doc, enum part_role speaker)
{
    for (size_t i = 0; i < doc->part_count; i++) {
        struct part *p = &doc->parts[i];
        p->flags &= ~PART_FILE;
        if (p->role == OPEN_ROLE) p->role = speaker;
        if (p->role == PART_TOOL && p->channel == PART_TEXT) p->channel = PART_TOOL_RESULT;
    }
}

/* A body is an object, or a list where the shape knows one. */
static void look_at_root(struct walk *w, unsigned shape)
{
    struct json first = w->j;
    enum json_token t = json_next(&first);
    w->doc->batch = t == JSON_ARRAY;
    if (!shape || t == JSON_OBJECT || t == JSON_BAD) return;
    if (t != JSON_ARRAY || !walk_nodes[shape].item) unknown(w, "not an object");
}

/* What the whole body lies in: a frame like any other, so that no value is without one. */
static bool begin(struct walk *w)
{
    struct walk_edge outside = {.role = PART_ROLES, .channel = PART_CHANNELS};
    void *list = NULL;
    struct frame *f = walk_more(w->arena, &list, 0, &w->frame_room, sizeof *f);
    w->frames = list;
    if (!f) return no_memory(w);
    *f = (struct frame){.node = node_of(&outside),
                        .role = OPEN_ROLE,
                        .own_role = OPEN_ROLE,
                        .index = {PART_FLOW_NONE, PART_FLOW_NONE, PART_FLOW_NONE}};
    w->depth = 1;
    return true;
}

enum surface_result walk_json(unsigned shape, struct slice json, enum part_role speaker,
                              struct arena *arena, struct surface_doc *doc)
{
    struct walk_edge root = {.to = (uint16_t)shape, .role = PART_ROLES, .channel = PART_CHANNELS};
    struct walk w = {.arena = arena, .doc = doc, .edge = &root};
    doc->json = json;
    json_init(&w.j, json);
    look_at_root(&w, shape);
    bool read = begin(&w) && walk(&w);
    finish(doc, speaker);
    doc->batch &= read;
    if (!read) return doc->why ? SURFACE_REFUSED : SURFACE_NOMEM;
    if (!walk_inner(doc, arena)) return SURFACE_NOMEM;
    return w.unknown ? SURFACE_UNKNOWN : SURFACE_OK;
}
