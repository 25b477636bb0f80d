/* SPDX-License-Identifier: Apache-2.0 */
/* urllist.c - lists of addresses: which block is one, and what is counted. The addresses themselves
 * are judged in url_host.c. */
#include "detect/data/urllist.h"
#include "base/ascii.h"
#include "base/st.h"

#define RECORD_MAX 1000u /* bytes: longer records carry their content with them */
#define URLS_MIN   3u
#define NOTES_MAX  50u
#define URL_MAX    2048u

/* ---- where addresses are ---- */

#define STEP 64u
typedef uint8_t lanes __attribute__((vector_size(16)));

/* In the STEP bytes from there, with the one behind them. */
static bool any_mark(struct slice s, size_t at)
{
    lanes a, b, hit = {0};
    uint64_t half[2];
    for (size_t i = 0; i < STEP; i += sizeof a) {
        memcpy(&a, &s.p[at + i], sizeof a);
        memcpy(&b, &s.p[at + i + 1], sizeof b);
        hit |= (lanes)((a == ':') & (b == '/'));
    }
    memcpy(half, &hit, sizeof half);
    return (half[0] | half[1]) != 0;
}

/* The next "://" at or behind `at`; s.n when there is none. */
static size_t next_mark(struct slice s, size_t at)
{
    while (at + 3 <= s.n) {
        bool wide = s.n - at > STEP;
        if (!wide || any_mark(s, at)) {
            size_t end = wide ? at + STEP : s.n - 2;
            for (size_t i = at; i < end && i + 3 <= s.n; i++)
                if (s.p[i] == ':' && s.p[i + 1] == '/' && s.p[i + 2] == '/') return i;
        }
        at += STEP;
    }
    return s.n;
}

static bool ends_value(uint8_t c)
{
    return c == '"' || c == '\'' || c == ',' || c == ';' || c == '\t' || c == '|' || c == '\n' ||
           c == '\r';
}

static bool ends_url(uint8_t c)
{
    return c <= ' ' || c == '"' || c == '<' || c == '>' || c == '|' || c == '\\';
}

/* The address around the mark, when it is a whole value: it stands between delimiters. */
static bool url_at(struct slice s, size_t mark, size_t *from, size_t *to)
{
    size_t a = mark, b = mark + 3;
    while (a && mark - a < 8 && ascii_letter(s.p[a - 1])) a--;
    if (a == mark || (a && !ends_value(s.p[a - 1]))) return false;
    bool quoted = a && (s.p[a - 1] == '"' || s.p[a - 1] == '\'');
    while (b < s.n && b - a < URL_MAX && !ends_url(s.p[b]) &&
           (quoted || (s.p[b] != ',' && s.p[b] != ';')))
        b++;
    if (quoted && b && s.p[b - 1] == s.p[a - 1]) b--; /* an apostrophe */
    *from = a;
    *to = b;
    return b == s.n || ends_value(s.p[b]);
}

/* ---- which block is a list ---- */

static size_t count_lines(struct slice s)
{
    size_t n = 0;
    for (size_t at = 0; at < s.n; n++) {
        size_t nl = slice_find_byte(slice_sub(s, at, SIZE_MAX), '\n');
        if (nl == SIZE_MAX) return n + 1;
        at += nl + 1;
    }
    return n;
}

/* ---- what is counted ---- */

static const char *const captions[] = {"caption", "TEXT",      "alt",       "alt_text",   "prompt",
                                       "NSFW",    "image_url", "img_url",   "similarity", "sha256",
                                       "md5",     "image_id",  "video_url", "audio_url"};

void urllist_begin(struct urllist *u, const struct block_table *table)
{
    *u = (struct urllist){0};
    for (size_t i = 0; table->columns && i < table->column_count; i++)
        for (size_t k = 0; k < COUNT_OF(captions); k++)
            if (slice_eq_nocase(table->columns[i], slice_str(captions[k]))) u->captions = true;
}

/* Keys of the first record, where a table has no columns. */
static void look_for_keys(struct urllist *u, struct slice text)
{
    struct slice line = slice_sub(text, 0, slice_find_byte(text, '\n'));
    for (size_t k = 0; k < COUNT_OF(captions) && !u->captions; k++) {
        size_t at = slice_find(line, slice_str(captions[k])), n = strlen(captions[k]);
        u->captions = at != SIZE_MAX && at && line.p[at - 1] == '"' && at + n < line.n &&
                      line.p[at + n] == '"';
    }
}

/* Digests that are values of their own: 32, 40, 64, 96 or 128 digits between delimiters. */
static uint64_t count_digests(struct slice s)
{
    uint64_t n = 0;
    for (size_t i = 31; i < s.n; i += 32) { /* a digest of 32 digits covers one of these places */
        if (!ascii_is_hex(s.p[i])) continue;
        size_t from = i, to = i + 1;
        while (from && i - from < 128 && ascii_is_hex(s.p[from - 1])) from--;
        while (to < s.n && to - from <= 128 && ascii_is_hex(s.p[to])) to++;
        size_t len = to - from;
        bool size = len == 32 || len == 40 || len == 64 || len == 96 || len == 128;
        bool ends = (!from || ends_value(s.p[from - 1])) && (to == s.n || ends_value(s.p[to]));
        n += size && ends;
        if (to > i) i = to + 31 - 32;
    }
    return n;
}

static bool is_media(struct slice url)
{
    static const char *const endings[] = {".jpg", ".jpeg",    ".png", ".webp", ".gif", ".bmp",
                                          ".mp4", ".webm",    ".mov", ".mp3",  ".wav", ".flac",
                                          ".ogg", ".m4a",     ".tif", ".tiff", ".zip", ".tar",
                                          ".gz",  ".parquet", ".pdf"};
    size_t query = slice_find_byte(url, '?');
    url = slice_sub(url, 0, query);
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (slice_ends_nocase(url, slice_str(endings[i]))) return true;
    return false;
}

static const struct {
    const char *rule, *message;
    enum severity severity;
} faults[] = {
    [URL_LOCAL] = {"data.url-private",
                   "The address leads to the machine or network of whoever downloads the list, "
                   "whose answer then becomes training data",
                   SEV_MEDIUM},
    [URL_ADDRESS] = {"data.url-suspicious",
                     "The address is a bare number: whoever gets that number next decides what is "
                     "downloaded",
                     SEV_MEDIUM},
    [URL_SHORT] = {"data.url-suspicious",
                   "A shortener stands for the address: its owner can exchange the target at any "
                   "time",
                   SEV_MEDIUM},
    [URL_DYNAMIC] = {"data.url-suspicious",
                     "The name leads to somebody's own machine or tunnel, and changes hands easily",
                     SEV_MEDIUM},
    [URL_DROP] = {"data.url-suspicious",
                  "The address is a place where anybody drops files, or that collects requests",
                  SEV_MEDIUM},
    [URL_LOOKS] = {"data.url-suspicious", "The name is made to look like that of a well-known host",
                   SEV_MEDIUM},
    [URL_PUNY] = {"data.url-suspicious",
                  "The name is written in letters of another alphabet, some of which look like "
                  "Latin ones",
                  SEV_LOW},
};

static void look_at_url(struct urllist *u, struct slice text, size_t from, size_t to,
                        look_note_fn *note, void *ctx)
{
    struct slice url = slice_sub(text, from, to - from);
    enum url_fault fault = url_fault(url);
    u->urls++;
    u->http += slice_eq_nocase(slice_sub(url, 0, 7), S("http://"));
    u->media += is_media(url);
    if (fault == URL_FINE) return;
    u->odd++;
    if (u->told++ >= NOTES_MAX || !note) return;
    struct look_note n = {.rule = faults[fault].rule,
                          .severity = faults[fault].severity,
                          .from = from,
                          .to = to,
                          .message = faults[fault].message,
                          .evidence = slice_sub(url, 0, 120)};
    note(ctx, &n);
}

/* Most records are an address with little beside it, and the addresses are of things to fetch. */
static bool is_list(struct urllist *u, const struct block *b)
{
    struct slice text = slice_sub(b->text, b->seen, SIZE_MAX);
    size_t from, to, urls = 0, media = 0, first = next_mark(text, 0);
    if (first == text.n) return false;
    size_t records = b->records ? b->records : count_lines(text);
    if (!records || text.n / records > RECORD_MAX) return false;
    for (size_t at = first; at < text.n; at = next_mark(text, at + 3)) {
        if (!url_at(text, at, &from, &to)) continue;
        urls++;
        media += is_media(slice_sub(text, from, to - from));
    }
    if (b->kind == BLOCK_RECORDS) look_for_keys(u, text);
    bool prose = b->kind == BLOCK_TEXT;
    if (urls < (prose ? 3 * URLS_MIN : URLS_MIN)) return false;
    if (urls * 10 < records * (prose ? 9 : 6)) return false;
    return (u->captions && !prose) || media * 10 >= urls * 3;
}

void urllist_look(struct urllist *u, const struct block *b, look_note_fn *note, void *ctx)
{
    struct slice s = b->text;
    size_t from, to;
    if (!is_list(u, b)) {
        /* a column of digests beside a column of addresses */
        if (b->kind == BLOCK_RECORDS && !b->ends) u->hashed += count_digests(s);
        return;
    }
    for (size_t at = next_mark(s, b->seen); at < s.n; at = next_mark(s, at + 3))
        if (url_at(s, at, &from, &to)) look_at_url(u, s, from, to, note, ctx);
    u->hashed += count_digests(s);
}
