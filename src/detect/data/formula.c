/* SPDX-License-Identifier: Apache-2.0 */
/* formula.c - cells that a spreadsheet executes when the table is opened in it.
 *
 * Active is: '=', '+', '-', '@' (or full-width forms), also behind white space that spreadsheets
 * trim, followed by a call of a function, a DDE link (word|'...'!A0), a reference to another
 * workbook or a computation. Numbers, phone numbers, list items, @names and rulers are not. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/data/look.h"

static size_t skip_word(struct slice s, size_t at)
{
    while (at < s.n && (ascii_alnum(s.p[at]) || s.p[at] == '_' || s.p[at] == '.')) at++;
    return at;
}

/* Functions that start something, fetch or send. */
static bool is_dangerous(struct slice name)
{
    static const char *const names[] = {
        "hyperlink",   "webservice",    "importxml", "importdata", "importhtml", "importfeed",
        "importrange", "image",         "exec",      "call",       "register",   "register.id",
        "dde",         "rtd",           "system",    "filterxml",  "encodeurl",  "run",
        "evaluate",    "googlefinance", "url",       "dynamic",    "msexcel",    "cmd",
        "indirect",    "info",          "cell"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_eq_nocase(name, slice_str(names[i]))) return true;
    return false;
}

/* word|'argument'!cell : a program is started or asked. Behind other signs than '=' only with its
 * quotes, because lists have bars too. */
static bool is_dde(struct slice s, bool equals)
{
    size_t bar = slice_find_byte(s, '|');
    if (bar == SIZE_MAX || bar < 2 || !ascii_alnum(s.p[bar - 1])) return false;
    struct slice rest = slice_sub(s, bar + 1, s.n);
    if (rest.n && rest.p[0] == '\'') return slice_has(slice_sub(rest, 1, rest.n), S("'!"));
    return equals && slice_find_byte(slice_sub(s, 0, bar), ' ') == SIZE_MAX &&
           slice_has(rest, S("!"));
}

static bool is_capital(struct slice name)
{
    for (size_t i = 0; i < name.n; i++)
        if (ascii_lower(name.p[i])) return false;
    return name.n >= 2;
}

static bool is_call(struct slice s, size_t at, struct slice *ret_name)
{
    size_t end = skip_word(s, at);
    if (end == at || !ascii_letter(s.p[at])) return false;
    *ret_name = slice_sub(s, at, end - at);
    return end < s.n && s.p[end] == '(' && slice_find_byte(slice_sub(s, end, s.n), ')') != SIZE_MAX;
}

/* A1, $B$2, Sheet1!A1 */
static size_t skip_reference(struct slice s, size_t at)
{
    size_t letters = 0, digits = 0, i = at;
    for (; i < s.n && (ascii_letter(s.p[i]) || s.p[i] == '$'); i++) letters += s.p[i] != '$';
    for (; i < s.n && (ascii_digit(s.p[i]) || s.p[i] == '$'); i++) digits += s.p[i] != '$';
    return letters && letters <= 3 && digits && digits <= 7 ? i : at;
}

static size_t skip_number(struct slice s, size_t at)
{
    while (at < s.n && (ascii_digit(s.p[at]) || s.p[at] == '.')) at++;
    return at;
}

/* operand operator operand ...: "=1+1", "+A1*2", not "+49 170 1234-5" and not "-1-2-2020" */
static bool is_computation(struct slice s, size_t at, bool equals)
{
    unsigned operators = 0, references = 0;
    bool strong = false;
    for (;;) {
        size_t to = skip_reference(s, at);
        references += to > at;
        if (to == at) to = skip_number(s, at);
        if (to == at) return false;
        at = to;
        if (at == s.n) break;
        uint8_t op = s.p[at++];
        if (!strchr("+-*/^&<>=:", op) || !op) return false;
        strong |= op != '-' && op != '/' && op != ':';
        operators++;
    }
    if (equals) return operators || references;
    return operators && strong;
}

/* s begins with the last byte of the sign. */
static bool judge(struct slice s, uint8_t sign, struct look_note *ret)
{
    size_t at = 1;
    struct slice name = {0};
    while (at < s.n &&
           (s.p[at] == ' ' || s.p[at] == '+' || s.p[at] == '-' || s.p[at] == '=' || s.p[at] == '@'))
        at++;
    if (at >= s.n) return false;
    if (is_dde(s, sign == '=')) {
        ret->severity = SEV_HIGH;
        ret->message = "A spreadsheet that opens this table starts a program";
        return true;
    }
    if (is_call(s, at, &name)) {
        bool danger = is_dangerous(name);
        /* "- item (remark)" and "@user(name)" are text; "-sum(...)" is not worth an alarm either */
        if (!danger && sign != '=' && (at > 1 || !is_capital(name))) return false;
        ret->severity = danger ? SEV_HIGH : SEV_MEDIUM;
        ret->message =
            danger ? "A spreadsheet that opens this table fetches, sends or starts something"
                   : "A spreadsheet that opens this table executes this cell";
        return true;
    }
    bool foreign = sign == '=' && (s.p[at] == '\'' || s.p[at] == '[') && slice_has(s, S("]")) &&
                   slice_has(s, S("!"));
    if (!foreign && (sign == '@' || s.p[1] == ' ' || !is_computation(s, at, sign == '=')))
        return false;
    ret->severity = foreign ? SEV_HIGH : SEV_MEDIUM;
    ret->message = foreign ? "A spreadsheet that opens this table reads another workbook"
                           : "A spreadsheet that opens this table executes this cell";
    return true;
}

size_t formula_sign(struct slice s, uint8_t *ret_sign)
{
    static const struct {
        const char *text;
        uint8_t sign;
    } signs[] = {{"=", '='},
                 {"+", '+'},
                 {"-", '-'},
                 {"@", '@'},
                 {"\xef\xbc\x9d", '='},
                 {"\xef\xbc\x8b", '+'},
                 {"\xef\xbc\x8d", '-'},
                 {"\xef\xbc\xa0", '@'}};
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        struct slice text = slice_str(signs[i].text);
        if (!slice_starts(s, text)) continue;
        *ret_sign = signs[i].sign;
        return text.n;
    }
    return 0;
}

bool formula_cell(struct slice cell, struct look_note *ret_note)
{
    struct slice s = cell;
    uint8_t sign;
    while (s.n &&
           (s.p[0] == '\t' || s.p[0] == '\r' || s.p[0] == '\n' || s.p[0] == ' ' || s.p[0] == '"'))
        s = slice_sub(s, 1, s.n);
    size_t n = formula_sign(s, &sign);
    if (!n || s.n < n + 2) return false;
    *ret_note = (struct look_note){
        .rule = "data.formula", .to = cell.n, .evidence = slice_sub(cell, 0, 100)};
    return judge(slice_sub(s, n - 1, 4096), sign, ret_note);
}
