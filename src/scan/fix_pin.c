/* SPDX-License-Identifier: Apache-2.0 */
/* fix_pin.c - a commit for calls that fetch from Hugging Face's hub without one.
 *
 *    AutoModel.from_pretrained("org/model")
 *    AutoModel.from_pretrained("org/model", revision="0123...")
 *
 * Which commit is meant is known without asking anybody only where the hub's own library fetched
 * the repository before: its cache says what "main" was then (fix_commit.c). The worker says no
 * more than that a line names a repository without a commit (code.hub-unpinned). The call, the
 * repository and the place are found here, from the bytes of the file, and the text is made here:
 * a worker that was taken over cannot choose any of it. */
#include "base/ascii.h"
#include "base/st.h"
#include "codec/json.h"
#include "codec/python.h"
#include "scan/fix_part.h"

#define PARSE_MAX (512u << 20)

static const struct fetcher { /* functions that take a revision */
    const char *name;
    unsigned position; /* of the repository */
    const char *keyword, *kind;
} fetchers[] = {
    {"from_pretrained", 0, "pretrained_model_name_or_path", "models"},
    {"hf_hub_download", 0, "repo_id", "models"},
    {"snapshot_download", 0, "repo_id", "models"},
    {"load_dataset", 0, "path", "datasets"},
    {"load_dataset_builder", 0, "path", "datasets"},
    {"SentenceTransformer", 0, "model_name_or_path", "models"},
    {"CrossEncoder", 0, "model_name_or_path", "models"},
    {"pipeline", 1, "model", "models"},
    {"LLM", 0, "model", "models"},
};

/* The program as it is parsed, and where each of its bytes lies in the file. */
struct program {
    struct arena arena;
    struct buf text;
    uint32_t *raw; /* NULL: the same place */
    size_t raw_room;
    bool cells;
    struct py_module tree;
};

/* ---- the program of a notebook ---- */

static bool put(struct program *p, uint8_t byte, size_t raw)
{
    if (p->text.n == p->raw_room) {
        size_t room = p->raw_room ? 2 * p->raw_room : 4096;
        uint32_t *more = ARENA_ROOM(&p->arena, uint32_t, room);
        if (!more) return false;
        if (p->text.n) memcpy(more, p->raw, p->text.n * sizeof *more);
        p->raw = more;
        p->raw_room = room;
    }
    p->raw[p->text.n] = (uint32_t)raw;
    buf_byte(&p->text, byte);
    return buf_ok(&p->text);
}

/* One JSON string. What stands as \uXXXX becomes a letter: it is only needed that it is none of
 * Python's signs. */
static bool put_string(struct program *p, const struct json *j)
{
    size_t from = (size_t)(j->raw.p - j->in.p);
    for (size_t i = 0; i < j->raw.n;) {
        static const char escapes[] = "n\nt\tr\rb f \"\"\\\\//";
        uint8_t byte = j->raw.p[i], next = i + 1 < j->raw.n ? j->raw.p[i + 1] : 0;
        size_t width = byte != '\\' ? 1 : next == 'u' ? 6 : 2;
        if (width == 6) byte = 'X';
        for (size_t k = 0; width == 2 && k + 1 < sizeof escapes; k += 2)
            if ((uint8_t)escapes[k] == next) byte = (uint8_t)escapes[k + 1];
        if (!put(p, byte ? byte : ' ', from + i)) return false;
        i += width;
    }
    return true;
}

/* A cell's source: a string, or a list of them. Ends as the reader of cells ends it. */
static bool put_source(struct program *p, struct json *j)
{
    bool list = j->token == JSON_ARRAY;
    while (!list || json_next(j) != JSON_ARRAY_END) {
        if (j->token != JSON_STRING || !put_string(p, j)) return false;
        if (!list) break;
    }
    return put(p, '\n', j->start) && put(p, 0, j->start) && put(p, '\n', j->start);
}

static bool put_cell(struct program *p, struct json *j)
{
    struct json source = {.token = JSON_END};
    bool code = false;
    while (json_next(j) == JSON_KEY) {
        bool type = json_is(j, S("cell_type")), text = json_is(j, S("source"));
        json_next(j);
        if (type) code = j->token == JSON_STRING && json_is(j, S("code"));
        if (text) source = *j;
        if (!json_skip(j)) return false;
    }
    if (j->token != JSON_OBJECT_END) return false;
    return !code || source.token == JSON_END || put_source(p, &source);
}

static bool read_notebook(struct program *p, struct slice file)
{
    struct json j;
    json_init(&j, file);
    if (json_next(&j) != JSON_OBJECT) return false;
    while (json_next(&j) == JSON_KEY) {
        bool cells = json_is(&j, S("cells"));
        json_next(&j);
        if (!cells && !json_skip(&j)) return false;
        if (!cells) continue;
        if (j.token != JSON_ARRAY) return false;
        while (json_next(&j) == JSON_OBJECT)
            if (!put_cell(p, &j)) return false;
        if (j.token != JSON_ARRAY_END) return false;
    }
    return j.token == JSON_OBJECT_END;
}

/* ---- the call ---- */

static const struct py_node *at(const struct program *p, uint32_t node)
{
    return &p->tree.nodes[node];
}

static const struct fetcher *fetcher_of(const struct program *p, const struct py_node *call)
{
    const struct py_node *f = at(p, call->first);
    if (call->kind != PN_CALL || (f->kind != PN_NAME && f->kind != PN_ATTR)) return NULL;
    for (size_t i = 0; i < COUNT_OF(fetchers); i++)
        if (slice_eq(f->text, slice_str(fetchers[i].name))) return &fetchers[i];
    return NULL;
}

/* The value of a keyword, or of a position; 0: not there. */
static uint32_t keyword_of(const struct program *p, const struct py_node *call, const char *name)
{
    for (uint32_t c = at(p, call->first)->next; c; c = at(p, c)->next)
        if (at(p, c)->kind == PN_KWARG && slice_eq(at(p, c)->text, slice_str(name)))
            return at(p, c)->first;
    return 0;
}

static uint32_t position_of(const struct program *p, const struct py_node *call, unsigned position)
{
    uint32_t c = at(p, call->first)->next;
    while (c && position--) c = at(p, c)->next;
    return c && at(p, c)->kind != PN_KWARG ? c : 0;
}

static bool mentions(const struct program *p, const struct py_node *n, struct slice name)
{
    return slice_has(slice_sub(buf_slice(&p->text), n->offset, n->end - n->offset), name);
}

/* May the expression give the name another value: a parameter, a comprehension, a walrus? */
static bool node_binds(const struct program *p, const struct py_node *n, struct slice name)
{
    if (n->kind == PN_PARAM) return slice_ends(n->text, name);
    return (n->kind == PN_FOR || n->kind == PN_WALRUS) && mentions(p, at(p, n->first), name);
}

/* May the statement? Rather too often than too seldom. */
static bool stmt_binds(const struct program *p, const struct py_stmt *st, struct slice name)
{
    struct slice whole = slice_sub(buf_slice(&p->text), st->offset, st->end - st->offset);
    switch (st->kind) {
    case PS_ASSIGN:
    case PS_ANN: return mentions(p, at(p, st->expr[0]), name);
    case PS_AUG:
    case PS_FOR:
    case PS_ITEM:
    case PS_DEL:
    case PS_CASE:
    case PS_GLOBAL:
    case PS_EXCEPT:
    case PS_IMPORT:
    case PS_MAGIC:
    case PS_FROM: return slice_has(whole, name) || slice_eq(st->name, S("*"));
    case PS_DEF:
    case PS_CLASS: return slice_eq(st->text, name);
    default: return false;
    }
}

/* The text that a name is bound to, if that happens once, outside of any block; empty: not sure. */
static struct slice constant(const struct program *p, struct slice name)
{
    struct slice found = {NULL, 0};
    for (uint32_t n = 1; n < p->tree.node_count; n++)
        if (node_binds(p, at(p, n), name)) return found;
    for (size_t i = 0; i < p->tree.stmt_count; i++) {
        const struct py_stmt *st = &p->tree.stmts[i];
        if (!stmt_binds(p, st, name)) continue;
        bool plain = (st->kind == PS_ASSIGN || st->kind == PS_ANN) && !st->depth &&
                     at(p, st->expr[0])->kind == PN_NAME &&
                     slice_eq(at(p, st->expr[0])->text, name);
        if (found.n || !plain || at(p, st->expr[1])->kind != PN_STRING)
            return (struct slice){NULL, 0};
        found = at(p, st->expr[1])->text;
    }
    return found;
}

static struct slice text_of(const struct program *p, uint32_t node)
{
    if (at(p, node)->kind == PN_STRING) return at(p, node)->text;
    return at(p, node)->kind == PN_NAME ? constant(p, at(p, node)->text) : (struct slice){NULL, 0};
}

/* The argument that names the repository. Of PeftModel.from_pretrained(base, "org/x") it is the
 * second. */
static uint32_t repository_of(const struct program *p, const struct fetcher *f,
                              const struct py_node *call)
{
    uint32_t node = keyword_of(p, call, f->keyword);
    if (!node) node = position_of(p, call, f->position);
    uint32_t second = position_of(p, call, 1);
    bool adapter = node && at(p, node)->kind != PN_STRING && second &&
                   at(p, second)->kind == PN_STRING &&
                   slice_eq(slice_str(f->name), S("from_pretrained"));
    return adapter ? second : node;
}

/* models, datasets or spaces; NULL: not known. */
static const char *kind_of(const struct program *p, const struct fetcher *f,
                           const struct py_node *call)
{
    uint32_t type = keyword_of(p, call, "repo_type");
    if (!type || slice_eq(text_of(p, type), S("model"))) return f->kind;
    if (slice_eq(text_of(p, type), S("dataset"))) return "datasets";
    return slice_eq(text_of(p, type), S("space")) ? "spaces" : NULL;
}

/* Behind the last argument, if one more may follow there; 0: not sure. Brackets around an argument
 * are no part of its node, and *more may hold a revision. */
static uint32_t place_of(const struct program *p, const struct py_node *call)
{
    uint32_t last = call->first;
    while (at(p, last)->next) {
        last = at(p, last)->next;
        uint8_t kind = at(p, last)->kind;
        if (kind == PN_STAR || kind == PN_DSTAR || kind == PN_COMP) return 0;
    }
    struct slice rest =
        slice_sub(buf_slice(&p->text), at(p, last)->end, call->end - at(p, last)->end);
    size_t i = 0;
    while (i < rest.n && (rest.p[i] == ' ' || rest.p[i] == '\t')) i++;
    if (last == call->first || i >= rest.n) return 0;
    bool ends = rest.p[i] == ')' && at(p, last)->end + i + 1 == call->end;
    return ends || rest.p[i] == ',' || rest.p[i] == '\n' ? at(p, last)->end : 0;
}

/* ---- findings and edits ---- */

static size_t raw_of(const struct program *p, size_t at)
{
    return p->raw ? p->raw[at] : at;
}

static size_t count_lines(struct slice file, size_t from, size_t to)
{
    size_t n = 0;
    for (size_t i = from; i < to && i < file.n; i++) n += file.p[i] == '\n';
    return n;
}

/* The physical line; calls come nearly in order, so that little is counted twice. */
static int64_t line_of(struct pins *pins, size_t raw)
{
    if (raw >= pins->at) pins->line += (int64_t)count_lines(pins->file, pins->at, raw);
    if (raw < pins->at) pins->line -= (int64_t)count_lines(pins->file, raw, pins->at);
    pins->at = raw;
    return pins->line;
}

static bool pin_call(struct pins *pins, const struct program *p, const struct fetcher *f,
                     const struct py_node *call, uint32_t node)
{
    uint32_t place = place_of(p, call);
    const char *kind = kind_of(p, f, call), *quote = p->cells ? "\\\"" : "\"";
    char commit[41];
    if (!place || !kind || keyword_of(p, call, "revision") || pins->count == pins->most)
        return false;
    if (!fix_commit(pins->fix, kind, text_of(p, node), commit)) return false;
    size_t to = raw_of(p, place); /* of the byte behind: the last one may be an escape in JSON */
    struct slice text = arena_printf(pins->fix->arena, ", revision=%s%s%s", quote, commit, quote);
    if (text.p) pins->list[pins->count++] = (struct finding_edit){to, to, text};
    return text.p;
}

/* Is it told of this line that a call has no commit? Then that is settled now, or not. */
static void try_call(struct pins *pins, const struct program *p, const struct py_node *call)
{
    const struct fetcher *f = fetcher_of(p, call);
    uint32_t node = f ? repository_of(p, f, call) : 0;
    if (!node) return;
    int64_t line = line_of(pins, raw_of(p, at(p, node)->offset));
    for (size_t i = 0; i < pins->told_count; i++) {
        if (pins->told[i] != line || !pins->tries) continue;
        pins->tries--;
        if (pin_call(pins, p, f, call, node)) pins->told[i] = 0;
        return;
    }
}

static bool parse(struct program *p, struct slice file)
{
    if (p->cells && !read_notebook(p, file)) return false;
    if (!p->cells) buf_add(&p->text, file);
    if (!buf_ok(&p->text) || slice_starts(file, S("\xef\xbb\xbf"))) return false;
    return python_parse(buf_slice(&p->text), p->cells, &p->arena, &p->tree) == ST_OK;
}

void fix_pins(struct pins *pins, bool notebook)
{
    struct program p = {.cells = notebook};
    arena_init(&p.arena, PARSE_MAX, 1u << 20);
    buf_init(&p.text, FIX_FILE_MAX);
    pins->at = 0;
    pins->line = 1;
    pins->tries = 4 * pins->told_count;
    bool read = parse(&p, pins->file);
    for (uint32_t n = 1; read && n < p.tree.node_count; n++)
        if (at(&p, n)->kind == PN_CALL) try_call(pins, &p, at(&p, n));
    for (size_t i = 0; i < pins->told_count; i++) pins->fix->unpinned += pins->told[i] != 0;
    buf_done(&p.text);
    arena_done(&p.arena);
}
