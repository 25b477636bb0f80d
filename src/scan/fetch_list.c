/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/fetch_list.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/utf8.h"

#define NAME_PART_MAX 240u /* and ".part.info" behind it */
#define COLUMNS_MAX   256u

/* ---- keys ---- */

enum fetch_key fetch_key_of(struct slice name)
{
    static const struct {
        const char *name;
        enum fetch_key key;
    } rows[] = {
        {"url", KEY_URL},          {"uri", KEY_URL},         {"href", KEY_URL},
        {"download_url", KEY_URL}, {"downloadurl", KEY_URL}, {"image_url", KEY_URL},
        {"file_url", KEY_URL},     {"link", KEY_URL},        {"contenturl", KEY_CONTENT_URL},
        {"name", KEY_NAME},        {"filename", KEY_NAME},   {"file_name", KEY_NAME},
        {"path", KEY_NAME},        {"file", KEY_NAME},       {"sha256", KEY_HASH},
        {"sha-256", KEY_HASH},     {"sha256sum", KEY_HASH},  {"sha256_hash", KEY_HASH},
        {"sha512", KEY_HASH},      {"sha-512", KEY_HASH},    {"sha512sum", KEY_HASH},
        {"sha1", KEY_HASH},        {"md5", KEY_HASH},        {"md5sum", KEY_HASH},
        {"md5_hash", KEY_HASH},    {"hash", KEY_HASH},       {"checksum", KEY_HASH},
        {"digest", KEY_HASH},
    };
    name = slice_trim(name);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (slice_eq_nocase(name, slice_str(rows[i].name))) return rows[i].key;
    return KEY_NONE;
}

/* ---- hashes ---- */

static bool is_hex(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_hex(s.p[i])) return false;
    return s.n > 0;
}

static const struct {
    const char *prefix;
    enum digest_kind kind;
} hash_kinds[] = {
    {"sha256", DIGEST_SHA256},  {"sha-256", DIGEST_SHA256}, {"sha512", DIGEST_SHA512},
    {"sha-512", DIGEST_SHA512}, {"sha1", DIGEST_SHA1},      {"md5", DIGEST_MD5},
};

/* "sha256:abc", "sha256=abc" -> "abc" */
static struct slice without_prefix(struct slice text)
{
    for (size_t i = 0; i < COUNT_OF(hash_kinds); i++) {
        size_t n = strlen(hash_kinds[i].prefix);
        if (text.n > n && slice_eq_nocase(slice_sub(text, 0, n), slice_str(hash_kinds[i].prefix)) &&
            (text.p[n] == ':' || text.p[n] == '='))
            return slice_sub(text, n + 1, text.n);
    }
    return text;
}

/* Weaker ones come later in enum digest_kind, but for the first two. */
static bool is_stronger(enum digest_kind a, enum digest_kind b)
{
    return a < b;
}

bool fetch_take_hash(struct fetch_row *row, struct slice text)
{
    static const enum digest_kind kinds[] = {DIGEST_SHA256, DIGEST_SHA512, DIGEST_SHA1, DIGEST_MD5};
    struct slice hex = without_prefix(slice_trim(text));
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (hex.n != 2 * digest_size(kinds[i]) || !is_hex(hex)) continue;
        if (row->hash.n && !is_stronger(kinds[i], row->kind)) return true;
        row->hash = hex;
        row->kind = kinds[i];
        return true;
    }
    return false;
}

/* It was meant as a hash, and none is that long: never take it for a name. */
static bool looks_like_hash(struct slice text)
{
    struct slice hex = without_prefix(text);
    return hex.n != text.n || (hex.n >= 24 && is_hex(hex));
}

/* ---- names ---- */

static bool reserved(struct slice part)
{
    return slice_ends_nocase(part, S(".part")) || slice_ends_nocase(part, S(".part.info")) ||
           slice_eq_nocase(part, S("merlon-fetch.lock"));
}

const char *fetch_name_wrong(struct slice name)
{
    struct slice rest = name, part;
    if (!name.n || name.n > 1024) return "it has no usable file name";
    if (!utf8_valid(name)) return "its file name is not UTF-8";
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] < 0x20 || name.p[i] == 0x7f || name.p[i] == '\\')
            return "its file name holds characters that no file name should";
    while (slice_split(&rest, '/', &part)) {
        if (!part.n || slice_eq(part, S("..")) || slice_eq(part, S(".")))
            return "its file name leaves the folder";
        if (part.p[0] == '.') return "its file name is a hidden one";
        if (part.n > NAME_PART_MAX) return "its file name is too long";
        if (reserved(part)) return "its file name is one of Merlon's own";
    }
    return NULL;
}

/* The last part of the URL's path, %41 resolved. A slash that comes out of that is refused later.
 */
static struct slice name_of_url(struct slice url, struct arena *a)
{
    struct buf b;
    size_t from = slice_find(url, S("://"));
    struct slice path = from == SIZE_MAX ? url : slice_sub(url, from + 3, url.n);
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] == '?' || path.p[i] == '#') path.n = i;
    size_t slash = slice_rfind_byte(path, '/');
    path = slash == SIZE_MAX ? S("") : slice_sub(path, slash + 1, path.n);
    buf_init(&b, 4096);
    for (size_t i = 0; i < path.n; i++) {
        bool escape = path.p[i] == '%' && i + 2 < path.n && ascii_is_hex(path.p[i + 1]) &&
                      ascii_is_hex(path.p[i + 2]);
        uint8_t c = path.p[i];
        if (escape)
            c = (uint8_t)((unsigned)ascii_hex(path.p[i + 1]) << 4 |
                          (unsigned)ascii_hex(path.p[i + 2]));
        if (escape) i += 2;
        buf_byte(&b, c == '/' ? '\\' : c);
    }
    struct slice name = arena_copy(a, buf_ok(&b) ? buf_slice(&b) : S(""));
    buf_done(&b);
    return name;
}

/* ---- rows ---- */

static bool is_http(struct slice url)
{
    struct slice head = slice_sub(url, 0, 8);
    return slice_eq_nocase(head, S("https://")) ||
           slice_eq_nocase(slice_sub(head, 0, 7), S("http://"));
}

static struct slice lower(struct arena *a, struct slice s)
{
    struct slice copy = arena_copy(a, s);
    uint8_t *p = (uint8_t *)(uintptr_t)copy.p;
    for (size_t i = 0; p && i < copy.n; i++)
        if (ascii_upper(p[i])) p[i] = (uint8_t)(p[i] + 32);
    return copy;
}

bool fetch_list_add(struct fetch_list *l, struct arena *a, struct fetch_row row)
{
    if (l->count == l->room) {
        size_t bigger = l->room ? l->room * 2 : 64;
        struct fetch_row *p = ARENA_ARRAY(a, struct fetch_row, bigger);
        if (!p) return false;
        if (l->count) memcpy(p, l->rows, l->count * sizeof *p);
        l->rows = p;
        l->room = bigger;
    }
    row.named = row.name.n > 0;
    row.url = arena_copy(a, row.url);
    row.hash = lower(a, row.hash);
    row.name = row.name.n ? arena_copy(a, row.name) : name_of_url(row.url, a);
    if (!row.wrong && !is_http(row.url)) row.wrong = "it is no http or https URL";
    if (!row.wrong) row.wrong = fetch_name_wrong(row.name);
    if (!row.url.p || !row.hash.p || !row.name.p) return false;
    l->rows[l->count++] = row;
    return true;
}

static bool is_same(const struct fetch_row *a, const struct fetch_row *b)
{
    return slice_eq(a->url, b->url) && slice_eq(a->hash, b->hash);
}

/* "9f86d081884c7d65-photo.jpg": lists of pictures have many photo.jpg. */
static struct slice with_hash(const struct fetch_row *row, struct arena *a)
{
    return arena_printf(a, "%.*s-%.*s", 16, (const char *)row->hash.p, SLICE_ARG(row->name));
}

/* The row of this name is known already, and says the same. */
static bool is_repeated(const struct fetch_list *l, const struct map *seen,
                        const struct fetch_row *row, bool *ret_known)
{
    union map_value first;
    *ret_known = !row->wrong && map_get(seen, row->name, &first);
    return *ret_known && is_same(&l->rows[first.num], row);
}

/* Two rows of one name: the same again is left out, a contradiction is refused. */
static bool settle_names(struct fetch_list *l, struct arena *a)
{
    struct map seen;
    size_t kept = 0;
    map_init(&seen, a, 0);
    for (size_t i = 0; i < l->count; i++) {
        struct fetch_row *row = &l->rows[i];
        bool known, repeated = is_repeated(l, &seen, row, &known);
        if (known && !repeated && !row->named && row->hash.n) {
            row->name = with_hash(row, a);
            if (!row->name.p) return false;
            row->wrong = fetch_name_wrong(row->name);
            repeated = is_repeated(l, &seen, row, &known);
        }
        l->repeated += repeated;
        if (repeated) continue;
        if (known) row->wrong = "another row has this file name; give it one of its own";
        if (!row->wrong && !map_put(&seen, row->name, (union map_value){.num = kept}, NULL))
            return false;
        l->rows[kept++] = *row;
    }
    l->count = kept;
    return true;
}

/* ---- lines ---- */

static struct slice next_word(struct slice *rest)
{
    size_t from = 0, to;
    while (from < rest->n && (rest->p[from] == ' ' || rest->p[from] == '\t')) from++;
    for (to = from; to < rest->n && rest->p[to] != ' ' && rest->p[to] != '\t';) to++;
    struct slice word = slice_sub(*rest, from, to - from);
    *rest = slice_sub(*rest, to, rest->n);
    return word;
}

static bool add_line(struct fetch_list *l, struct arena *a, struct slice line, uint64_t number)
{
    struct fetch_row row = {.line = number};
    struct slice rest = slice_trim(line);
    if (!rest.n || rest.p[0] == '#') return true;
    while (rest.n && !(row.url.n && row.hash.n)) {
        struct slice before = rest, word = next_word(&rest);
        if (word.n && word.p[0] == '*') word = slice_sub(word, 1, word.n); /* sha256sum -b */
        if (!row.url.n && slice_has(word, S("://"))) {
            row.url = word;
        } else if (row.hash.n || !fetch_take_hash(&row, word)) {
            if (looks_like_hash(word)) row.wrong = "its hash has no known length";
            rest = before; /* what is left is the name */
            break;
        }
    }
    row.name = slice_trim(rest);
    if (!row.url.n) {
        row.url = slice_trim(line);
        row.wrong = "there is no URL in this line";
    }
    return fetch_list_add(l, a, row);
}

static bool read_lines(struct fetch_list *l, struct arena *a, struct slice text)
{
    struct slice line;
    for (uint64_t n = 1; slice_split(&text, '\n', &line); n++)
        if (!add_line(l, a, line, n)) return false;
    return true;
}

/* ---- CSV ---- */

/* One cell; *rest begins behind its delimiter. False behind the last one of the record. */
static bool next_cell(struct slice *rest, uint8_t delimiter, struct buf *cell, bool *ret_last)
{
    bool quoted = rest->n && rest->p[0] == '"', inside = quoted;
    size_t i = quoted;
    buf_reset(cell);
    for (; i < rest->n; i++) {
        uint8_t c = rest->p[i];
        if (inside && c == '"' && i + 1 < rest->n && rest->p[i + 1] == '"')
            i++;
        else if (quoted && c == '"') {
            inside = !inside;
            continue;
        } else if (!inside && (c == delimiter || c == '\n'))
            break;
        buf_byte(cell, c);
    }
    *ret_last = i >= rest->n || rest->p[i] == '\n';
    *rest = slice_sub(*rest, i + 1, rest->n);
    return true;
}

static size_t read_header(struct slice *rest, uint8_t delimiter, enum fetch_key keys[COLUMNS_MAX])
{
    struct buf cell;
    size_t n = 0;
    bool last = false;
    buf_init(&cell, 1u << 16);
    while (!last && next_cell(rest, delimiter, &cell, &last))
        if (n < COLUMNS_MAX) keys[n++] = fetch_key_of(buf_slice(&cell));
    buf_done(&cell);
    return n;
}

static void put_cell(struct fetch_row *row, enum fetch_key key, struct slice text)
{
    if (!text.n) return;
    if (key == KEY_URL || key == KEY_CONTENT_URL) row->url = text;
    if (key == KEY_NAME) row->name = text;
    if (key == KEY_HASH && !fetch_take_hash(row, text)) row->wrong = "its hash has no known length";
}

static bool read_csv(struct fetch_list *l, struct arena *a, struct slice rest, uint8_t delimiter)
{
    enum fetch_key keys[COLUMNS_MAX] = {KEY_NONE};
    struct buf cell;
    size_t columns = read_header(&rest, delimiter, keys);
    bool ok = true;
    buf_init(&cell, 1u << 20);
    for (uint64_t n = 1; rest.n && ok; n++) {
        struct fetch_row row = {.line = n};
        bool last = false;
        for (size_t i = 0; !last && next_cell(&rest, delimiter, &cell, &last); i++) {
            struct slice text = arena_copy(a, slice_trim(buf_slice(&cell)));
            if (i < columns && text.p) put_cell(&row, keys[i], text);
        }
        if (row.url.n || row.hash.n || row.name.n) ok = fetch_list_add(l, a, row);
    }
    buf_done(&cell);
    return ok;
}

/* The delimiter of a header that names a URL column, or 0. */
static uint8_t csv_delimiter(struct slice text)
{
    static const uint8_t delimiters[] = {',', '\t', ';'};
    enum fetch_key keys[COLUMNS_MAX];
    for (size_t d = 0; d < COUNT_OF(delimiters); d++) {
        struct slice rest = text;
        size_t n = read_header(&rest, delimiters[d], keys);
        for (size_t i = 0; i < n; i++)
            if (keys[i] == KEY_URL || keys[i] == KEY_CONTENT_URL) return delimiters[d];
    }
    return 0;
}

enum st fetch_list_read(struct slice text, struct arena *a, struct fetch_list *ret)
{
    struct fetch_list l = {0};
    bool ok;
    if (slice_starts(text, S("\xef\xbb\xbf"))) text = slice_sub(text, 3, text.n);
    struct slice head = slice_trim(slice_sub(text, 0, 4096));
    uint8_t delimiter = csv_delimiter(text);
    if (head.n && (head.p[0] == '{' || head.p[0] == '['))
        ok = fetch_list_json(&l, a, text);
    else if (delimiter)
        ok = read_csv(&l, a, text, delimiter);
    else
        ok = read_lines(&l, a, text);
    if (!ok || !settle_names(&l, a)) return ST_NOMEM;
    *ret = l;
    return ST_OK;
}
