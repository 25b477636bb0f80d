/* SPDX-License-Identifier: Apache-2.0 */
#include "port/yaml/yml.h"
#include <stdlib.h>
#include <yaml.h>

struct yml {
    yaml_parser_t parser;
    yaml_event_t event;
    bool has_event, done, deep;
    unsigned depth;
    enum yml_kind last;
    struct slice text;
    size_t chars, bytes; /* the library counts characters: two places that are the same */
};

struct yml *yml_new(struct slice text)
{
    struct yml *y = calloc(1, sizeof *y);
    if (!y) return NULL;
    if (!yaml_parser_initialize(&y->parser)) {
        free(y);
        return NULL;
    }
    y->text = text;
    yaml_parser_set_encoding(&y->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&y->parser, text.n ? text.p : (const uint8_t *)"", text.n);
    return y;
}

void yml_free(struct yml *y)
{
    if (!y) return;
    if (y->has_event) yaml_event_delete(&y->event);
    yaml_parser_delete(&y->parser);
    free(y);
}

static bool starts_character(uint8_t c)
{
    return (c & 0xc0) != 0x80;
}

/* The byte of a character; cheap when asked in order. */
static size_t byte_of(struct yml *y, size_t chars)
{
    if (chars < y->chars) y->chars = y->bytes = 0;
    while (y->chars < chars && y->bytes < y->text.n) {
        y->bytes++;
        while (y->bytes < y->text.n && !starts_character(y->text.p[y->bytes])) y->bytes++;
        y->chars++;
    }
    return y->bytes;
}

static size_t end_of(const struct yml *y, size_t from, size_t chars)
{
    size_t at = from;
    for (; chars && at < y->text.n; chars--) do {
            at++;
        } while (at < y->text.n && !starts_character(y->text.p[at]));
    return at;
}

static struct slice name_of(const yaml_char_t *s)
{
    return s ? slice_str((const char *)s) : S("");
}

static void scalar(const yaml_event_t *ev, struct yml_event *ret)
{
    static const char styles[] = {[YAML_PLAIN_SCALAR_STYLE] = 'p',
                                  [YAML_SINGLE_QUOTED_SCALAR_STYLE] = '\'',
                                  [YAML_DOUBLE_QUOTED_SCALAR_STYLE] = '"',
                                  [YAML_LITERAL_SCALAR_STYLE] = '|',
                                  [YAML_FOLDED_SCALAR_STYLE] = '>'};
    size_t style = (size_t)ev->data.scalar.style;
    ret->text = slice_of(ev->data.scalar.value, ev->data.scalar.length);
    ret->anchor = name_of(ev->data.scalar.anchor);
    ret->style = style < sizeof styles && styles[style] ? styles[style] : 'p';
}

static enum yml_kind kind_of(const yaml_event_t *ev, struct yml_event *ret)
{
    switch (ev->type) {
    case YAML_DOCUMENT_START_EVENT: return YML_DOCUMENT;
    case YAML_MAPPING_START_EVENT:
        ret->anchor = name_of(ev->data.mapping_start.anchor);
        return YML_MAP;
    case YAML_MAPPING_END_EVENT: return YML_MAP_END;
    case YAML_SEQUENCE_START_EVENT:
        ret->anchor = name_of(ev->data.sequence_start.anchor);
        return YML_LIST;
    case YAML_SEQUENCE_END_EVENT: return YML_LIST_END;
    case YAML_SCALAR_EVENT: scalar(ev, ret); return YML_SCALAR;
    case YAML_ALIAS_EVENT: ret->anchor = name_of(ev->data.alias.anchor); return YML_ALIAS;
    default: return YML_END;
    }
}

/* The library's time grows with the square of the depth. */
static bool too_deep(struct yml *y, enum yml_kind kind)
{
    if (kind == YML_MAP || kind == YML_LIST) y->depth++;
    if (kind == YML_MAP_END || kind == YML_LIST_END) y->depth--;
    y->deep = y->depth > YML_DEPTH_MAX;
    y->done = y->done || y->deep;
    return y->deep;
}

enum yml_kind yml_next(struct yml *y, struct yml_event *ret)
{
    *ret = (struct yml_event){.kind = y->last};
    while (!y->done) {
        if (y->has_event) yaml_event_delete(&y->event);
        y->has_event = false;
        if (!yaml_parser_parse(&y->parser, &y->event)) {
            y->done = true;
            ret->kind = y->last = y->parser.error == YAML_MEMORY_ERROR ? YML_NOMEM : YML_BAD;
            break;
        }
        y->has_event = true;
        if (y->event.type == YAML_STREAM_END_EVENT || y->event.type == YAML_NO_EVENT) {
            y->done = true;
            ret->kind = y->last = YML_END;
            break;
        }
        ret->kind = kind_of(&y->event, ret);
        if (ret->kind == YML_END) continue; /* marks of streams and documents */
        if (too_deep(y, ret->kind)) {
            ret->kind = y->last = YML_BAD;
            break;
        }
        ret->from = byte_of(y, y->event.start_mark.index);
        ret->to = end_of(y, ret->from, y->event.end_mark.index - y->event.start_mark.index);
        break;
    }
    return ret->kind;
}

size_t yml_error_at(const struct yml *y)
{
    size_t chars = y->deep ? y->event.start_mark.index : y->parser.problem_mark.index;
    return y->parser.error == YAML_READER_ERROR ? y->parser.problem_offset : end_of(y, 0, chars);
}

const char *yml_error(const struct yml *y)
{
    if (y->deep) return "nested too deep";
    return y->parser.problem ? y->parser.problem : "not YAML";
}
