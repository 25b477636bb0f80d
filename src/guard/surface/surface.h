/* SPDX-License-Identifier: Apache-2.0 */
/* surface.h - every protocol as one list of parts (part.h).
 * Why: a check that one surface has and another lacks is a way around it. Each surface is a row of
 * rules/surfaces.tsv, the shapes of its bodies are rows of rules/surface-shapes.tsv, and one walker
 * follows them; what no row names is told as PART_OTHER, so a missing row hides nothing.
 *
 *     request ─ surface_find ─ surface_request ─► parts ─ judged ─► surface_rewrite | surface_block
 *     answer  ───────────────── surface_answer ─► parts            (surface_write.h)
 *     stream  ─ sse_cut ─────── surface_event ──► parts, ends      (codec/sse.h)
 *
 * Strictness: bodies are refused that two readers could understand differently: invalid UTF-8,
 * a key twice in one object (also in another case, where a row names it: Go does not mind), nesting
 * beyond JSON_DEPTH_MAX, bytes after the value. Object keys that no row names are told, too;
 * numbers with nine or more digits before the point are told as text (PART_NUMBER): they can be
 * personal. Not seen as text: numbers that stand for text where no row says so (images, tensors of
 * numbers). Owns: nothing; results lie in the body and in the arena.   Threads: pure functions.
 * Fails: by enum surface_result. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "guard/surface/part.h"

enum surface_family {
    FAMILY_OPENAI,
    FAMILY_ANTHROPIC,
    FAMILY_OLLAMA,
    FAMILY_OIP,
    FAMILY_TFSERVING,
    FAMILY_MLFLOW,
    FAMILY_MCP,
    FAMILIES,
};

enum surface_more { SURFACE_CSV = 1, SURFACE_BINARY = 2, SURFACE_DONE = 4 };

/* A row of rules/surfaces.tsv. */
struct surface {
    char name[24], method[8], path[40];
    enum surface_family family;
    uint16_t request, answer, event; /* shapes, or WALK_NO_SHAPE */
    unsigned more;                   /* enum surface_more */
};

/* The surface of a request, or NULL. `path` is normalised and has no query. */
const struct surface *surface_find(struct slice method, struct slice path);
/* The row of this name, or NULL. */
const struct surface *surface_named(struct slice name);

enum surface_result {
    SURFACE_OK,
    SURFACE_UNKNOWN, /* not a body of this surface; what could be read of it is told all the same */
    SURFACE_REFUSED, /* no JSON, or such that two readers may differ: never let it through */
    SURFACE_NOMEM,
};

#define PART_FLOW_NONE 0xffff /* struct part_flow: no such index */

enum flow_level {
    FLOW_GOES_ON,
    FLOW_FLOW,   /* the flows of exactly these indexes end, in every channel */
    FLOW_OUTPUT, /* every flow of this output */
    FLOW_ALL,
};

struct flow_end {
    struct part_flow flow;
    enum flow_level level;
};

enum surface_switch { SWITCH_UNSET, SWITCH_OFF, SWITCH_ON };

/* What was read of one body or one event. */
struct surface_doc {
    struct slice body; /* of an event: as it came */
    struct slice json; /* the JSON that was walked: a piece of body, or data lines joined */
    struct part *parts;
    size_t part_count;
    struct flow_end *ends;
    size_t end_count;
    struct slice *ids; /* JSON-RPC: of requests that want an answer, as JSON */
    size_t id_count;
    bool batch;                       /* JSON-RPC: a list */
    struct slice model, id;           /* of the first that were named */
    struct slice created, sequence;   /* as JSON */
    enum surface_switch stream, done; /* asked for a stream; the stream is over */
    bool opens;                       /* a content block begins ... */
    struct part_flow opened;          /* ... this one */
    size_t tensors;                   /* where the JSON ends and binary tensors begin */
    const char *why;                  /* where the result is not SURFACE_OK */
    size_t where;                     /* the byte of body that it is about */
};

/* What the headers say of a body. */
struct surface_head {
    struct slice content_type;
    struct slice json_length; /* Inference-Header-Content-Length, "" where there is none */
};

MUST_USE enum surface_result surface_request(const struct surface *s, struct slice body,
                                             const struct surface_head *head, struct arena *arena,
                                             struct surface_doc *ret);
/* The answer, not streamed; of a stream, see surface_event. */
MUST_USE enum surface_result surface_answer(const struct surface *s, struct slice body,
                                            const struct surface_head *head, struct arena *arena,
                                            struct surface_doc *ret);

enum surface_framing { FRAMING_WHOLE, FRAMING_SSE, FRAMING_LINES };

/* How an answer of this content type comes. */
enum surface_framing surface_framing(const struct surface *s, struct slice content_type);
/* One event, as the cutter gave it. Comments, names and ids of events are parts, too, where they
 * are not plain words of the protocol. */
MUST_USE enum surface_result surface_event(const struct surface *s, struct slice event,
                                           enum surface_framing framing, struct arena *arena,
                                           struct surface_doc *ret);

enum path_keys {
    PATH_ALL,   /* as they stand there */
    PATH_NAMED, /* "*" for those that no row of the shapes names: they may be anybody's text */
};
/* Where a part stands: "messages[2].content[0].text", "row 3, column 2", "inputs[0].data[7]",
 * "event". p == NULL when memory is out. */
struct slice surface_path(const struct surface_doc *doc, const struct part *part,
                          enum path_keys keys, struct arena *arena);
