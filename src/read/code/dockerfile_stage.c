/* SPDX-License-Identifier: Apache-2.0 */
/* dockerfile_stage.c - what the instructions of a Dockerfile say. */
#include "base/ascii.h"
#include "codec/json.h"
#include "read/code/dockerfile_part.h"

/* ---- variables ---- */

struct filler {
    struct docker *d;
    uint8_t *out;
    size_t n, room;
};

static bool put(struct filler *f, struct slice s)
{
    if (f->n + s.n > f->room) return false;
    if (s.n) memcpy(f->out + f->n, s.p, s.n);
    f->n += s.n;
    return true;
}

static bool value_of(const struct docker *d, struct slice name, struct slice *ret)
{
    union map_value v;
    if (!map_get(&d->values, name, &v) && (d->stage >= 0 || !map_get(&d->args, name, &v)))
        return false;
    *ret = *(const struct slice *)v.ptr;
    return ret->p != NULL;
}

/* ${name}, ${name:-word}, ${name:+word} or $name at s; the length of it, 0: none. */
static size_t variable(const struct docker *d, struct slice s, struct slice *ret)
{
    size_t i = 1, from;
    bool braces = s.n > 1 && s.p[1] == '{';
    if (braces) i = 2;
    from = i;
    while (i < s.n && (ascii_alnum(s.p[i]) || s.p[i] == '_')) i++;
    struct slice name = slice_sub(s, from, i - from);
    bool known = name.n && value_of(d, name, ret);
    if (!braces) return known ? i : 0;
    size_t end = slice_find_byte(slice_sub(s, i, s.n), '}');
    if (!name.n || end == SIZE_MAX) return 0;
    struct slice op = slice_sub(s, i, end);
    if (slice_starts(op, S(":"))) op = slice_sub(op, 1, op.n);
    if (slice_starts(op, S("-")) && !known) {
        *ret = slice_sub(op, 1, op.n);
        known = true;
    }
    if (op.n && op.p[0] != '-') return 0;
    return known ? i + end + 1 : 0;
}

/* With variables filled in where the file says what they are. */
static struct slice fill(struct docker *d, struct slice s)
{
    if (slice_find_byte(s, '$') == SIZE_MAX) return s;
    struct filler f = {.d = d, .room = s.n + 1024};
    f.out = ARENA_ROOM(d->r->arena, uint8_t, f.room);
    if (!f.out) {
        d->st = ST_NOMEM;
        return s;
    }
    for (size_t i = 0; i < s.n;) {
        struct slice value = S("");
        size_t n = s.p[i] == '$' ? variable(d, slice_sub(s, i, s.n), &value) : 0;
        if (!put(&f, n ? value : slice_sub(s, i, 1))) return s;
        i += n ? n : 1;
    }
    return slice_of(f.out, f.n);
}

static void remember(struct docker *d, struct map *map, struct slice name, struct slice value)
{
    struct slice *kept = ARENA_NEW(d->r->arena, struct slice);
    if (!kept || !map_put(map, name, (union map_value){.ptr = kept}, NULL)) d->st = ST_NOMEM;
    if (kept) *kept = value;
}

/* ---- words ---- */

struct words {
    struct docker *d;
    const struct docker_step *s;
    size_t at;
    uint32_t line; /* index of the line of `at` */
};

static uint32_t line_of(const struct words *w)
{
    if (!w->s->line_count) return 1;
    return w->s->lines[w->line < w->s->line_count ? w->line : w->s->line_count - 1];
}

static void skip_blank(struct words *w)
{
    struct slice s = w->s->text;
    while (w->at < s.n) {
        bool joined = s.p[w->at] == '\\' && w->at + 1 < s.n && s.p[w->at + 1] == '\n';
        if (!ascii_space(s.p[w->at]) && !joined) return;
        w->line += s.p[w->at] == '\n';
        w->at++;
    }
}

/* Behind the word at `at`. */
static size_t word_end(struct slice s, size_t at)
{
    uint8_t quote = 0;
    for (; at < s.n; at++) {
        uint8_t c = s.p[at];
        if (!quote && ascii_space(c)) break;
        if (c == '\\' && quote != '\'')
            at++;
        else if (quote ? c == quote : c == '"' || c == '\'')
            quote = quote ? 0 : c;
    }
    return at < s.n ? at : s.n;
}

/* The next word with quotes resolved; p == NULL: there is none. */
static struct slice next_word(struct words *w, struct slice *ret_raw)
{
    skip_blank(w);
    struct slice s = w->s->text;
    struct slice raw = slice_sub(s, w->at, word_end(s, w->at) - w->at);
    uint8_t quote = 0, *out = raw.n ? ARENA_ROOM(w->d->r->arena, uint8_t, raw.n) : NULL;
    size_t n = 0;
    if (raw.n && !out) w->d->st = ST_NOMEM;
    if (!out) return (struct slice){0};
    for (size_t i = 0; i < raw.n; i++) {
        uint8_t c = raw.p[i];
        bool escape = c == '\\' && i + 1 < raw.n && quote != '\'';
        if (escape) c = raw.p[++i];
        w->line += c == '\n';
        if (!escape && (quote ? c == quote : c == '"' || c == '\''))
            quote = quote ? 0 : c;
        else if (!escape || c != '\n')
            out[n++] = c;
    }
    w->at += raw.n;
    *ret_raw = raw;
    return slice_of(out, n);
}

/* ---- settings ---- */

/* Where text of the instruction is in the file: its line is what counts. */
static void set_line(struct docker *d, uint32_t index, uint32_t line, bool key)
{
    if (index == SETTING_NONE) return;
    d->m.list[index].line = line;
    if (key) d->m.list[index].key_line = line;
}

static uint32_t add(struct docker *d, uint32_t parent, const char *key, enum setting_kind kind,
                    struct slice value, uint32_t line, size_t at)
{
    uint32_t i =
        settings_add(&d->m, parent, kind, (struct setting_key){slice_str(key), at}, value, at, 0);
    set_line(d, i, line, true);
    return i;
}

static uint32_t begin(struct docker *d, const struct docker_step *s)
{
    uint8_t *upper = ARENA_ROOM(d->r->arena, uint8_t, s->keyword.n + 1);
    uint32_t line = s->line_count ? s->lines[0] : 1;
    if (!upper) {
        d->st = ST_NOMEM;
        return SETTING_NONE;
    }
    for (size_t i = 0; i < s->keyword.n; i++) upper[i] = ascii_to_upper(s->keyword.p[i]);
    uint32_t map =
        settings_add(&d->m, SETTING_NONE, SET_MAP, (struct setting_key){S(""), s->keyword_at},
                     S(""), s->keyword_at, 0);
    (void)add(d, map, "instruction", SET_PLAIN, slice_of(upper, s->keyword.n), line, s->keyword_at);
    if (s->onbuild) (void)add(d, map, "onbuild", SET_PLAIN, S("true"), line, s->keyword_at);
    if (d->stage >= 0)
        (void)add(d, map, "stage", SET_PLAIN, arena_printf(d->r->arena, "%d", d->stage), line,
                  s->keyword_at);
    return map;
}

static void add_pair(struct docker *d, const struct docker_step *s, uint32_t pairs,
                     struct slice name, struct slice value, bool known, uint32_t line)
{
    uint32_t i = settings_add(&d->m, pairs, known ? SET_STRING : SET_NULL,
                              (struct setting_key){name, s->at}, value, s->at, 0);
    set_line(d, i, line, true);
    bool arg = slice_eq_nocase(s->keyword, S("ARG")), env = slice_eq_nocase(s->keyword, S("ENV"));
    if (!arg && !env) return;
    struct slice filled = fill(d, value), global;
    union map_value v;
    if (!known && d->stage >= 0 && map_get(&d->args, name, &v)) { /* ARG X takes what stood first */
        global = *(const struct slice *)v.ptr;
        filled = global;
        known = global.p != NULL;
    }
    remember(d, d->stage < 0 ? &d->args : &d->values, name, known ? filled : (struct slice){0});
}

/* NAME=value ..., or (ENV and LABEL, old) NAME value with blanks. */
static void pairs(struct docker *d, const struct docker_step *s, uint32_t map)
{
    struct words w = {.d = d, .s = s};
    struct slice raw, word = next_word(&w, &raw);
    uint32_t list = add(d, map, "pairs", SET_MAP, S(""), line_of(&w), s->at);
    bool arg = slice_eq_nocase(s->keyword, S("ARG"));
    if (word.p && !arg && slice_find_byte(raw, '=') == SIZE_MAX) {
        uint32_t line = line_of(&w);
        struct slice rest = slice_trim(slice_sub(s->text, w.at, s->text.n));
        add_pair(d, s, list, word, rest, true, line);
    } else {
        for (; word.p && d->st == ST_OK; word = next_word(&w, &raw)) {
            size_t equals = slice_find_byte(word, '=');
            size_t lines = 0;
            for (size_t i = 0; i < raw.n; i++) lines += raw.p[i] == '\n';
            uint32_t saved = w.line;
            w.line -= (uint32_t)lines;
            bool known = equals != SIZE_MAX;
            add_pair(d, s, list, slice_sub(word, 0, equals),
                     known ? slice_sub(word, equals + 1, word.n) : S(""), known, line_of(&w));
            w.line = saved;
        }
    }
    settings_close(&d->m, list);
}

static void add_words(struct docker *d, const struct docker_step *s, uint32_t map, bool flags_only)
{
    struct words w = {.d = d, .s = s};
    struct slice raw, word;
    uint32_t list = add(d, map, "flags", SET_LIST, S(""), line_of(&w), s->at);
    while ((word = next_word(&w, &raw)).p && slice_starts(raw, S("--")) && d->st == ST_OK)
        (void)add(d, list, "", SET_STRING, fill(d, word), line_of(&w), s->at);
    settings_close(&d->m, list);
    if (flags_only) return;
    list = add(d, map, "words", SET_LIST, S(""), line_of(&w), s->at);
    for (; word.p && d->st == ST_OK; word = next_word(&w, &raw))
        (void)add(d, list, "", SET_STRING, fill(d, word), line_of(&w), s->at);
    settings_close(&d->m, list);
}

/* ---- stages ---- */

static bool is_stage(const struct docker *d, struct slice name)
{
    for (size_t i = 0; i < d->name_count; i++)
        if (slice_eq_nocase(d->names[i], name)) return true;
    return false;
}

static void from(struct docker *d, const struct docker_step *s)
{
    docker_stage_end(d);
    int stage = d->stage;
    d->stage = -1; /* its words see what stands before the first FROM */
    map_init(&d->values, d->r->arena, 0);
    struct words w = {.d = d, .s = s};
    struct slice raw, word;
    while ((word = next_word(&w, &raw)).p && slice_starts(raw, S("--"))) continue;
    d->image = word.p ? fill(d, word) : S("");
    struct slice as = next_word(&w, &raw), name = next_word(&w, &raw);
    uint32_t map = begin(d, s);
    if (map == SETTING_NONE) return;
    const char *base = slice_eq_nocase(d->image, S("scratch")) ? "scratch" : "image";
    if (is_stage(d, d->image)) base = "stage";
    add_words(d, s, map, false);
    (void)add(d, map, "base", SET_PLAIN, slice_str(base), s->lines[0], s->at);
    settings_close(&d->m, map);
    d->stage = stage + 1;
    if (slice_eq_nocase(as, S("AS")) && name.p && d->name_count < STAGE_NAMES)
        d->names[d->name_count++] = name;
}

/* ---- what runs ---- */

/* ["a", "b"]: its words; count 0: it is no such list. */
static struct docker_exec exec_form(struct docker *d, const struct docker_step *s,
                                    struct slice text)
{
    struct docker_exec e = {0};
    struct json j;
    size_t start = 0;
    text = slice_trim(text);
    if (!slice_starts(text, S("[")) || !slice_inside(s->text, text, &start)) return e;
    e.words = ARENA_ARRAY(d->r->arena, struct slice, text.n / 2 + 1);
    e.lines = ARENA_ARRAY(d->r->arena, uint32_t, text.n / 2 + 1);
    uint8_t *clean = ARENA_ROOM(d->r->arena, uint8_t, text.n);
    if (!e.words || !e.lines || !clean) {
        d->st = ST_NOMEM;
        return (struct docker_exec){0};
    }
    memcpy(clean, text.p, text.n);
    for (size_t i = 0; i + 1 < text.n; i++)
        if (clean[i] == '\\' && clean[i + 1] == '\n') clean[i] = ' ';
    struct words w = {.d = d, .s = s};
    for (size_t i = 0; i < start; i++) w.line += s->text.p[i] == '\n';
    size_t at = 0;
    json_init(&j, slice_of(clean, text.n));
    while (json_next(&j) != JSON_END && j.token != JSON_BAD) {
        if (j.token != JSON_STRING) continue;
        for (; at < j.start; at++) w.line += clean[at] == '\n';
        e.words[e.count] = json_text(&j, d->r->arena);
        e.lines[e.count++] = line_of(&w);
    }
    if (j.token == JSON_BAD) e = (struct docker_exec){0};
    return e;
}

static void tell_words(struct docker *d, const struct docker_exec *a, const struct docker_exec *b)
{
    struct script_maker out;
    struct arena_mark mark = arena_mark(d->r->arena);
    const struct docker_exec *first = a->count ? a : b;
    script_begin(&out, d->r->arena);
    if (first->count && slice_starts(first->words[0], S("-")) && d->image.n) {
        struct slice name = shell_base(d->image);
        size_t end = 0;
        while (end < name.n && name.p[end] != ':' && name.p[end] != '@') end++;
        script_word(&out, slice_sub(name, 0, end), first->lines[0]);
    }
    for (size_t i = 0; i < a->count; i++) script_word(&out, a->words[i], a->lines[i]);
    for (size_t i = 0; i < b->count; i++) script_word(&out, b->words[i], b->lines[i]);
    enum st st = script_tell(&out, d->r, WHERE_DOCKERFILE, 0);
    if (st != ST_OK) d->st = st;
    arena_rewind(d->r->arena, mark);
}

void docker_stage_end(struct docker *d)
{
    if (d->entrypoint.count || d->cmd.count) tell_words(d, &d->entrypoint, &d->cmd);
    d->entrypoint = d->cmd = (struct docker_exec){0};
}

/* RUN <<EOF: the document is the script. */
static bool only_doc(struct slice text, struct slice *ret_body)
{
    struct slice first = slice_trim(slice_sub(text, 0, slice_find_byte(text, '\n')));
    if (!slice_starts(first, S("<<")) || slice_find_byte(first, ' ') != SIZE_MAX) return false;
    size_t nl = slice_find_byte(text, '\n'), last = slice_rfind_byte(slice_trim(text), '\n');
    *ret_body = nl == SIZE_MAX || last <= nl ? S("") : slice_sub(text, nl + 1, last - nl);
    return true;
}

/* Without the flags in front: --mount=... */
static struct slice behind_flags(struct docker *d, const struct docker_step *s)
{
    struct words w = {.d = d, .s = s};
    struct slice raw;
    for (;;) {
        struct words before = w;
        struct slice word = next_word(&w, &raw);
        if (!word.p || !slice_starts(raw, S("--"))) {
            skip_blank(&before);
            return slice_sub(s->text, before.at, s->text.n);
        }
    }
}

static void tell_shell(struct docker *d, const struct docker_step *s, struct slice text)
{
    struct slice body = text;
    size_t at = 0, line = 0;
    if (only_doc(text, &body) && slice_starts(body, S("#!")) &&
        !slice_has(slice_sub(body, 0, 40), S("sh\n")))
        return; /* a program in another language */
    if (!body.n || !slice_inside(s->text, body, &at)) return;
    for (size_t i = 0; i < at; i++) line += s->text.p[i] == '\n';
    struct script script = {.where = WHERE_DOCKERFILE, .lines = s->lines + line, .column = 1};
    enum st st = commands_tell(d->r, body, &script, s->at);
    if (st != ST_OK) d->st = st;
}

static void runs(struct docker *d, const struct docker_step *s)
{
    bool entry = slice_eq_nocase(s->keyword, S("ENTRYPOINT")),
         cmd = slice_eq_nocase(s->keyword, S("CMD"));
    struct slice text = behind_flags(d, s);
    struct docker_exec e = exec_form(d, s, text);
    if (e.count && entry)
        d->entrypoint = e;
    else if (e.count && cmd)
        d->cmd = e;
    else if (e.count)
        tell_words(d, &e, &(struct docker_exec){0});
    else
        tell_shell(d, s, text);
}

/* The rest behind the first word: HEALTHCHECK CMD ..., ONBUILD RUN ... */
static struct docker_step inner_step(const struct docker_step *s, struct slice rest)
{
    struct docker_step in = *s;
    size_t n = 0, at = 0, line = 0;
    while (n < rest.n && ascii_letter(rest.p[n])) n++;
    in.keyword = slice_sub(rest, 0, n);
    in.text = slice_sub(rest, n, rest.n);
    (void)slice_inside(s->text, in.text, &at);
    for (size_t i = 0; i < at; i++) line += s->text.p[i] == '\n';
    in.lines = s->lines + line;
    in.line_count = s->line_count - line;
    return in;
}

void docker_step(struct docker *d, const struct docker_step *s)
{
    static const char *const running[] = {"RUN", "CMD", "ENTRYPOINT"};
    struct docker_step in = *s;
    if (!s->line_count) return;
    if (slice_eq_nocase(s->keyword, S("FROM"))) {
        from(d, s);
        return;
    }
    if (slice_eq_nocase(s->keyword, S("ONBUILD"))) {
        in = inner_step(s, slice_trim(s->text));
        in.onbuild = true;
    } else if (slice_eq_nocase(s->keyword, S("HEALTHCHECK"))) {
        in = inner_step(s, behind_flags(d, s));
        in.keyword = S("RUN"); /* it says CMD, and is no start of the container */
    }
    uint32_t map = begin(d, &in);
    if (map == SETTING_NONE) return;
    bool names = slice_eq_nocase(in.keyword, S("ENV")) || slice_eq_nocase(in.keyword, S("ARG")) ||
                 slice_eq_nocase(in.keyword, S("LABEL"));
    bool running_one = false;
    for (size_t i = 0; i < COUNT_OF(running); i++)
        running_one = running_one || slice_eq_nocase(in.keyword, slice_str(running[i]));
    if (names)
        pairs(d, &in, map);
    else
        add_words(d, &in, map, running_one);
    settings_close(&d->m, map);
    if (running_one && d->st == ST_OK) runs(d, &in);
}
