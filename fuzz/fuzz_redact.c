/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_redact.c - copies with replacements: sound JSON stays sound, whatever is replaced in it, and
 * other formats end in time whatever the spans are. The first byte chooses mode, format, units. */
#include "codec/json.h"
#include "fuzz.h"
#include "scan/redact_part.h"
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static bool is_json(struct slice s)
{
    struct json j;
    json_init(&j, s);
    while (json_next(&j) != JSON_END && j.token != JSON_BAD) continue;
    return j.token == JSON_END;
}

static void add(struct redact_spans *s, size_t from, size_t to)
{
    redact_spans_add(
        s, &(struct span){.kind = SPAN_FOUND, .rule = S("pii.email"), .from = from, .to = to});
}

/* Strings (or a piece of those without escapes), keys and numbers. */
static void mark_tokens(struct redact_spans *s, struct slice text)
{
    struct json j;
    json_init(&j, text);
    while (json_next(&j) != JSON_END && j.token != JSON_BAD) {
        bool string = j.token == JSON_STRING || j.token == JSON_KEY;
        size_t from = j.start + string, n = j.raw.n;
        if ((!string && j.token != JSON_NUMBER) || n == 0 || j.start % 3 == 0) continue;
        bool part = n > 4 && j.start % 3 == 1 && !j.escaped;
        if (part && (text.p[from + 1] & 0xc0) == 0x80) part = false;
        if (part && (text.p[from + 3] & 0xc0) == 0x80) part = false;
        add(s, part ? from + 1 : from, part ? from + 3 : from + n);
    }
}

static void mark_any(struct redact_spans *s, struct slice text)
{
    for (size_t i = 0; i + 4 < text.n; i += 1 + text.p[i] % 64) add(s, i, i + text.p[i + 1] % 32);
}

static void check(const struct redact_copy *c, int fd)
{
    if (c->written == 0) return;
    uint8_t *p = malloc(c->written);
    if (p && pread(fd, p, c->written, 0) == (ssize_t)c->written &&
        !is_json(slice_of(p, c->written)))
        abort();
    free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const encodings[] = {"utf-8", "utf-16le", "utf-16be", "utf-32le"};
    static const enum format formats[] = {FMT_JSON, FMT_CSV, FMT_TEXT, FMT_HTML};
    if (size < 2) return 0;
    struct slice in = slice_of(data + 1, size - 1);
    bool json = is_json(in);
    struct redact_request q = {.mode = (enum redact_mode)(data[0] % 3),
                               .key = S("0123456789abcdef")};
    struct redact_found found = {.format = json ? FMT_JSON : formats[data[0] / 3 % 4]};
    const char *e = json ? "utf-8" : encodings[data[0] / 12 % 4];
    memcpy(found.encoding, e, strlen(e) + 1);
    struct redact_spans *spans = calloc(1, sizeof *spans);
    int file = memfd_create("spans", 0), fd = memfd_create("copy", 0);
    if (!spans) return 0;
    redact_spans_start(spans, file);
    if (json)
        mark_tokens(spans, in);
    else
        mark_any(spans, in);
    struct redact_copy c = {.request = &q, .found = &found, .spans = spans, .in = in, .fd = fd};
    if (redact_spans_settle(spans) && redact_copy_run(&c) && json) check(&c, fd);
    redact_spans_done(spans);
    close(file);
    close(fd);
    free(spans);
    return 0;
}
