/* SPDX-License-Identifier: Apache-2.0 */
/* surface_walk.h - JSON and a shape of rules/surface-shapes.tsv, walked side by side.
 * The shape is a graph: a node per place, an edge per key. What an object says of itself (role,
 * type, index) may stand behind the strings that it is about, so it is applied where the object
 * ends. Owns: nothing.   Threads: pure functions.   Fails: as surface.h says. */
#pragma once
#include "guard/surface/surface.h"

#define WALK_NO_SHAPE 0xffff

enum walk_flags {
    WALK_GROW = 1,
    WALK_BASE64 = 2,
    WALK_VECTOR = 4,
    WALK_FILE = 8,
    WALK_TOKENS = 16,
    WALK_JSON = 32,
    WALK_OPEN = 64,
    WALK_OWNER = 128,   /* an object here can say who speaks */
    WALK_COUNT = 512,   /* numbers are nobody's */
    WALK_NEED = 256,    /* an object here has at least one of the needed keys */
    WALK_OPAQUE = 1024, /* what stands here cannot be judged piece by piece */
};

enum walk_take {
    TAKE_NOTHING,
    TAKE_ROLE,
    TAKE_TYPE,
    TAKE_MODEL,
    TAKE_STREAM,
    TAKE_ID,
    TAKE_CREATED,
    TAKE_SEQUENCE,
    TAKE_METHOD,
    TAKE_RPC,
    TAKE_DONE,
};

enum walk_index { INDEX_OUTPUT, INDEX_CONTENT, INDEX_CALL, INDEX_NONE };

struct walk_node {
    uint16_t edge, edges; /* the first, and how many */
    uint16_t any, item;   /* edges: of other keys, of elements; 0 leads to any JSON */
    uint16_t word, words;
    uint16_t flags;
    uint8_t channel, take, index, end;
};

struct walk_edge {
    uint16_t at; /* of the key in walk_names */
    uint8_t n;
    uint16_t to;
    uint8_t role, channel; /* PART_ROLES, PART_CHANNELS: as outside */
    uint8_t need;
};

/* What holds for an object of this type. */
struct walk_word {
    uint16_t at;
    uint8_t n;
    uint8_t role, channel, end;
    uint16_t flags;
};

extern const char walk_names[];
extern const struct walk_node walk_nodes[];
extern const struct walk_edge walk_edges[];
extern const size_t walk_edge_count;
extern const struct walk_word walk_words[];
extern const struct surface surface_rows[];
extern const size_t surface_row_count;

/* Parts of the JSON, places in `json`; doc is zeroed but for `body`. `speaker` is whose text it is
 * where nothing says so. */
MUST_USE enum surface_result walk_json(unsigned shape, struct slice json, enum part_role speaker,
                                       struct arena *arena, struct surface_doc *doc);

/* Strings with escapes inside parts that are JSON (PART_JSON), resolved, behind the other parts.
 * False when memory is out. */
MUST_USE bool walk_inner(struct surface_doc *doc, struct arena *arena);

/* Room for one more, of a list that grows in an arena; NULL when memory is out. */
void *walk_more(struct arena *arena, void **list, size_t count, size_t *room, size_t size);
