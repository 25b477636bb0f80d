/* SPDX-License-Identifier: Apache-2.0 */
/* python_word.c - the keywords, and which of them can only begin a statement. */
#include "base/ascii.h"
#include "codec/python_part.h"

enum py_keyword python_keyword(struct slice s)
{
    static const struct {
        const char *word;
        uint8_t n, id;
    } rows[] = {{"and", 3, PK_AND},
                {"as", 2, PK_AS},
                {"assert", 6, PK_ASSERT},
                {"async", 5, PK_ASYNC},
                {"await", 5, PK_AWAIT},
                {"break", 5, PK_BREAK},
                {"class", 5, PK_CLASS},
                {"continue", 8, PK_CONTINUE},
                {"def", 3, PK_DEF},
                {"del", 3, PK_DEL},
                {"elif", 4, PK_ELIF},
                {"else", 4, PK_ELSE},
                {"except", 6, PK_EXCEPT},
                {"finally", 7, PK_FINALLY},
                {"for", 3, PK_FOR},
                {"from", 4, PK_FROM},
                {"global", 6, PK_GLOBAL},
                {"if", 2, PK_IF},
                {"import", 6, PK_IMPORT},
                {"in", 2, PK_IN},
                {"is", 2, PK_IS},
                {"lambda", 6, PK_LAMBDA},
                {"nonlocal", 8, PK_NONLOCAL},
                {"not", 3, PK_NOT},
                {"or", 2, PK_OR},
                {"pass", 4, PK_PASS},
                {"raise", 5, PK_RAISE},
                {"return", 6, PK_RETURN},
                {"try", 3, PK_TRY},
                {"while", 5, PK_WHILE},
                {"with", 4, PK_WITH},
                {"yield", 5, PK_YIELD},
                {"True", 4, PK_CONST},
                {"False", 5, PK_CONST},
                {"None", 4, PK_CONST}};
    if (s.n < 2 || s.n > 8) return PK_NONE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((uint8_t)rows[i].word[0] == s.p[0] && rows[i].n == s.n &&
            !memcmp(rows[i].word, s.p, s.n))
            return (enum py_keyword)rows[i].id;
    return PK_NONE;
}

static bool is_name(uint8_t c)
{
    return ascii_alnum(c) || c == '_' || c >= 0x80;
}

static struct slice skip_blanks(struct slice s)
{
    size_t i = 0;
    while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t')) i++;
    return slice_sub(s, i, s.n);
}

static size_t word(struct slice s, bool dots)
{
    size_t i = 0;
    while (i < s.n && (is_name(s.p[i]) || (dots && s.p[i] == '.'))) i++;
    return i;
}

static bool is_from_import(struct slice rest)
{
    rest = skip_blanks(rest);
    rest = skip_blanks(slice_sub(rest, word(rest, true), rest.n));
    return slice_starts(rest, S("import "));
}

bool python_begins_statement(struct slice line)
{
    struct slice s = skip_blanks(line);
    size_t n = word(s, false);
    switch (python_keyword(slice_sub(s, 0, n))) {
    case PK_FROM: return is_from_import(slice_sub(s, n, s.n));
    case PK_ASSERT:
    case PK_BREAK:
    case PK_CLASS:
    case PK_CONTINUE:
    case PK_DEF:
    case PK_DEL:
    case PK_ELIF:
    case PK_EXCEPT:
    case PK_FINALLY:
    case PK_GLOBAL:
    case PK_IMPORT:
    case PK_NONLOCAL:
    case PK_PASS:
    case PK_RAISE:
    case PK_RETURN:
    case PK_TRY:
    case PK_WHILE:
    case PK_WITH: return true;
    default: return false;
    }
}
