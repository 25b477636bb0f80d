/* SPDX-License-Identifier: Apache-2.0 */
/* code_assign.c - a value that stands behind (or before) a name such as db_password or api-key.
 * Forms: key = "v", key: v, "key": "v", ["KEY"] = 'v', key => 'v', <key>v</key>, key,"v" in a
 * table,
 * --key v, key is v, and  `v` as the key.  No vendor's pattern stands behind this detector, so the
 * value itself has to look like something that was made to be hard to guess. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/check/words.h"
#include "detect/engine/part.h"

#define KEY_BACK   48u
#define KEY_AHEAD  32u
#define VALUE_MOST 256u
#define LONG_WORD  96u

struct name {
    size_t from, to; /* the whole identifier around the key word */
    bool password;   /* people choose these: shorter, less random */
    bool strong;     /* secret, password, api key: not only token */
    bool option;     /* --name */
};

static bool begins(struct slice s, struct slice word)
{
    return slice_eq_nocase(slice_sub(s, 0, word.n), word);
}

static bool is_name_char(uint8_t c)
{
    return ascii_alnum(c) || c == '_' || c == '-';
}

/* What a name ends in when it names something about a secret and not the secret. */
static bool names_something_else(struct slice key)
{
    size_t i = 0, words = 0;
    struct slice word = {0};
    while (i < key.n) {
        if (!ascii_alnum(key.p[i])) {
            i++;
            continue;
        }
        size_t from = i++;
        while (i < key.n && ascii_alnum(key.p[i]) &&
               !(ascii_upper(key.p[i]) && ascii_lower(key.p[i - 1])))
            i++;
        word = slice_sub(key, from, i - from);
        if (words++ == 0 && words_have(&words_set_key_begins, word)) return true;
    }
    return words_have(&words_set_key_ends, word);
}

/* What words its name is made of. */
static void read_words(struct slice key, struct name *n)
{
    n->password = n->strong = false;
    for (size_t i = 0; i < key.n; i++) {
        struct slice rest = slice_sub(key, i, 6);
        if (rest.n < 3) break;
        switch (key.p[i] | 32) {
        case 'p': n->password |= begins(rest, S("pass")) || begins(rest, S("pwd")); break;
        case 's': n->strong |= begins(rest, S("secret")); break;
        case 'a':
            n->strong |=
                begins(rest, S("api")) || begins(rest, S("auth")) || begins(rest, S("access"));
            break;
        default: break;
        }
    }
    n->strong |= n->password;
}

/* The identifier around the key word that ends at `end`; false: it is another word (tokenizer). */
static bool read_name(struct slice t, size_t end, struct name *n)
{
    size_t from = end, to = end;
    while (from > 0 && end - from < KEY_BACK &&
           (is_name_char(t.p[from - 1]) || t.p[from - 1] == '.'))
        from--;
    while (to < t.n && to - end < KEY_AHEAD && is_name_char(t.p[to])) to++;
    n->from = from;
    n->to = to;
    struct slice key = slice_sub(t, from, to - from);
    n->option = slice_starts(key, S("--"));
    read_words(key, n);
    if (slice_starts(slice_sub(t, end, to - end), S("iz"))) return false; /* tokenizer */
    bool member = to + 1 < t.n && t.p[to] == '.' && is_name_char(t.p[to + 1]);
    if (member || (to < t.n && t.p[to] == '(')) return false; /* a call */
    return !names_something_else(key) && !doubt_key(key);
}

static size_t skip(struct slice t, size_t at, const char *which, size_t most)
{
    for (size_t n = 0; at < t.n && n < most && t.p[at] && strchr(which, t.p[at]); n++) at++;
    return at;
}

/* The bytes of "is ", "was " and the like. */
static size_t spoken_joint(struct slice rest)
{
    static const char *const joints[] = {"is: ", "was ", "is ", "to "};
    for (size_t i = 0; i < COUNT_OF(joints); i++)
        if (rest.p[0] == (uint8_t)joints[i][0] && slice_starts(rest, slice_str(joints[i])))
            return strlen(joints[i]);
    return 0;
}

/* What joins a name to its value: where the value begins, or SIZE_MAX. */
static size_t skip_joint(struct slice t, const struct name *n)
{
    size_t at = skip(t, n->to, "\\\"'`])", 5), closed = at;
    at = skip(t, at, " \t", 8);
    if (at >= t.n) return SIZE_MAX;
    uint8_t c = t.p[at], next = at + 1 < t.n ? t.p[at + 1] : 0;
    if (c == '=' && next == '=') return SIZE_MAX;
    if ((c == ':' && next == '=') || ((c == '=' || c == '-') && next == '>'))
        return skip(t, at + 2, " \t", 8);
    if (c == '=' || c == ':' || c == '>' || c == '|') return skip(t, at + 1, " \t", 8);
    size_t spoken = spoken_joint(slice_sub(t, at, 8));
    if (spoken) return at + spoken;
    if (c == ',' || (at > closed && t.p[at - 1] == '\t')) return skip(t, at + (c == ','), " \t", 8);
    if (slice_starts(slice_sub(t, at, 8), S("value="))) return at + 6;
    if (at > closed && (n->option || is_quote(c))) return at;
    return SIZE_MAX;
}

/* The value at `at`: quoted, or up to what ends a bare word. */
static struct slice read_value(struct slice t, size_t at, bool *quoted)
{
    size_t from = at;
    if (from < t.n && strchr("frbFRBuU@$", t.p[from]) && from + 1 < t.n &&
        (t.p[from + 1] == '"' || t.p[from + 1] == '\''))
        from++;
    while (from < t.n && t.p[from] == '\\') from++;
    uint8_t quote =
        from < t.n && (t.p[from] == '"' || t.p[from] == '\'' || t.p[from] == '`') ? t.p[from] : 0;
    *quoted = quote;
    if (quote) from = skip(t, from, "\"'`", 3);
    size_t to = from;
    while (to < t.n && to - from < VALUE_MOST && t.p[to] > ' ') {
        if (quote ? t.p[to] == quote : strchr(",;\"'`<>|)}]", t.p[to]) != NULL) break;
        if (t.p[to] == '\\' && to + 1 < t.n && strchr("\"'nrt", t.p[to + 1])) break;
        if (!quote && t.p[to] == '&') break;
        to++;
    }
    if (quote && (to >= t.n || (t.p[to] != quote && t.p[to] != '\\')))
        return (struct slice){0}; /* a sentence */
    while (!quote && to > from && strchr(".:!?", t.p[to - 1])) to--;
    return slice_sub(t, from, to - from);
}

/* `v` as the key: a quoted value before "as", "is", "for" and up to three small words. */
static struct slice value_before(struct slice t, const struct name *n)
{
    size_t at = n->from, words = 0;
    bool joined = false;
    while (at > 0 && words < 4 && (t.p[at - 1] == ' ' || ascii_lower(t.p[at - 1]))) {
        size_t end = at;
        while (at > 0 && t.p[at - 1] == ' ') at--;
        size_t word_end = at;
        while (at > 0 && ascii_lower(t.p[at - 1])) at--;
        struct slice w = slice_sub(t, at, word_end - at);
        joined = joined || slice_eq(w, S("as")) || slice_eq(w, S("is")) || slice_eq(w, S("for"));
        words++;
        if (end == at) break;
    }
    while (at > 0 && t.p[at - 1] == '\\') at--;
    if (!joined || at == 0 || !strchr("`\"'", t.p[at - 1])) return (struct slice){0};
    uint8_t quote = t.p[at - 1];
    size_t to = at - 1, from = to;
    if (to > 0 && t.p[to - 1] == '\\') to--, from--;
    while (from > 0 && to - from < VALUE_MOST && t.p[from - 1] != quote && t.p[from - 1] > ' ')
        from--;
    if (from == 0 || t.p[from - 1] != quote) return (struct slice){0};
    return slice_sub(t, from, to - from);
}

/* ---- is it hard to guess? ---- */

struct kinds {
    size_t digits, lower, upper, other, hex, high;
    uint64_t seen[2]; /* of ASCII: which characters */
};

static struct kinds count_kinds(struct slice v)
{
    struct kinds k = {0};
    size_t letters = 0;
    for (size_t i = 0; i < v.n; i++) {
        uint8_t c = v.p[i];
        bool digit = ascii_digit(c), letter = ascii_letter(c);
        k.digits += digit;
        letters += letter;
        k.lower += letter & (c >> 5);
        k.hex += digit | (letter & ((c & 31) <= 6));
        k.high += c >> 7;
        k.seen[c >> 6 & 1] |= 1ull << (c & 63);
    }
    k.upper = letters - k.lower;
    k.other = v.n - k.digits - letters;
    return k;
}

/* May it be there? Bytes beyond ASCII count as others too. */
static bool may_have(const struct kinds *k, uint8_t c)
{
    return k->seen[c >> 6 & 1] >> (c & 63) & 1;
}

static bool is_uuid(struct slice v, const struct kinds *k)
{
    return v.n == 36 && k->hex == 32 && v.p[8] == '-' && v.p[13] == '-' && v.p[18] == '-' &&
           v.p[23] == '-';
}

/* Public, encoded data or known by a detector of its own. */
static bool is_something_known(struct slice v)
{
    return v.n && ((v.p[0] && strchr("/$#&*@", v.p[0])) || words_begin(&words_inside_known, v));
}

/* \u30d1\u30b9: a word of another language, as files of translations hold them. */
static bool is_escaped_word(struct slice v)
{
    for (size_t i = 0; i + 3 < v.n; i++)
        if (v.p[i] == 'u' && (i == 0 || v.p[i - 1] == '\\') && ascii_is_hex(v.p[i + 1]) &&
            (i > 0 || slice_has(v, S("\\u"))) && (v.p[i + 1] != '0' || v.p[i + 2] != '0'))
            return true;
    return false;
}

/* name=value, the next argument of a call */
static bool is_argument(struct slice v)
{
    size_t i = 0;
    while (i < v.n && (ascii_alnum(v.p[i]) || v.p[i] == '_')) i++;
    if (i == 0 || i + 1 >= v.n || v.p[i] != '=' || !ascii_letter(v.p[0])) return false;
    while (++i < v.n)
        if (!ascii_alnum(v.p[i]) && v.p[i] != '_') return false;
    return true;
}

static bool is_pattern(struct slice v)
{
    static const char *const parts[] = {"[0-9", "[a-z", "[A-Z", "(?:", ".join(", ".format("};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (slice_has(v, slice_str(parts[i]))) return true;
    return false;
}

/* An expression, a path, a number, a format: code and not a value. */
static bool is_code(struct slice v, const struct kinds *k, bool quoted)
{
    if (k->high || k->digits + k->other == v.n) return true;
    if (!k->other) return false; /* letters and digits are none of what follows */
    bool call = may_have(k, '('), list = may_have(k, '[');
    if (call && (!quoted || v.p[v.n - 1] == ')')) return true;
    if ((call || list) && is_pattern(v)) return true;
    if (may_have(k, 'u') && may_have(k, '\\') && is_escaped_word(v)) return true;
    if (!quoted && (list || may_have(k, '{') || is_argument(v))) return true;
    bool pair = may_have(k, ':') || may_have(k, '>');
    if (pair && (slice_has(v, S("://")) || slice_has(v, S("::")) || slice_has(v, S("->"))))
        return true;
    if (!may_have(k, '.')) return false;
    size_t dot = slice_rfind_byte(v, '.');
    return dot != SIZE_MAX && words_have(&words_set_name_ends, slice_sub(v, dot + 1, v.n));
}

static bool is_hard_password(struct slice v, const struct kinds *k)
{
    unsigned classes =
        (k->digits ? 1u : 0) + (k->lower ? 1u : 0) + (k->upper ? 1u : 0) + (k->other ? 1u : 0);
    if (v.n < 8 || classes < 2) return false;
    if (k->digits == 0 && classes < 3) return false;
    if ((k->digits == 0 || classes < 3) && doubt_words(v)) return false;
    return entropy(v) >= 250 && !doubt_usual(v);
}

static bool is_hard_token(struct slice v, const struct kinds *k)
{
    if (v.n < 12 || doubt_words(v) || (k->digits == 0 && doubt_identifier(v))) return false;
    bool hex = k->hex == v.n;
    if (hex) return v.n >= 20 && entropy(v) >= 280 && k->digits < v.n;
    if (k->digits == 0 && (k->upper < 3 || k->lower < 3 || v.n < 20)) return false;
    return entropy(v) >= (v.n < 20 ? 300u : 340u);
}

static bool is_secret_value(struct slice v, const struct name *n, bool quoted)
{
    if (v.n < 8) return false;
    struct kinds k = count_kinds(v);
    bool uuid = is_uuid(v, &k);
    if (uuid ? !n->strong : !(n->password ? is_hard_password(v, &k) : is_hard_token(v, &k)))
        return false;
    if (!uuid && !quoted && !n->password && doubt_identifier(v)) return false;
    /* the list of placeholders last: it is long */
    return !is_something_known(v) && !is_code(v, &k, quoted) && !doubt_repetitive(v) &&
           !doubt_placeholder(v);
}

/* Bytes between a name and its value, at most. */
#define JOINT_MOST 40u

/* Of a text that goes on: does the value reach its end? */
static bool wait_for_value(struct search *s, const struct view *v, size_t at)
{
    size_t to = at;
    if (!s->pending) return false;
    while (to < v->text.n && to - at < VALUE_MOST + 8 && v->text.p[to] > ' ') to++;
    if (to < v->text.n) return false;
    find_wait(s, v, at);
    return true;
}

void code_assign(struct search *s, const struct view *v, size_t end)
{
    struct name n;
    struct slice t = v->text, value = {0};
    if (v->base + end <= s->assign_done || !read_name(t, end, &n)) return;
    s->assign_done = v->base + n.to;
    bool quoted = false;
    size_t at = skip_joint(t, &n);
    bool cut = s->pending && t.n - n.to < JOINT_MOST;
    if (cut) find_wait(s, v, t.n);
    if (at != SIZE_MAX) value = read_value(t, at, &quoted);
    if (at != SIZE_MAX) cut = wait_for_value(s, v, at) || cut;
    bool secret = is_secret_value(value, &n, quoted);
    if (!secret) {
        /* one long word: what it holds are no names of their own, and to look at it again from each
         * of them would take long */
        if (!quoted && value.n >= LONG_WORD)
            s->assign_done = v->base + (size_t)(value.p - t.p) + value.n;
        value = value_before(t, &n);
        if (cut && value.n) find_wait(s, v, (size_t)(value.p - t.p));
    }
    /* what passed as a bare word would pass quoted as well */
    if (!secret && !is_secret_value(value, &n, true)) return;
    size_t from = (size_t)(value.p - t.p);
    struct match m = {from, from + value.n, from, from + value.n};
    find_consider(s, v, is_secret_generic_assign, &m, FOUND_GENERIC | FOUND_WORDED);
}
