/* SPDX-License-Identifier: Apache-2.0 */
/* text_snippet.c - code in a metadata field, where descriptions, licences and numbers belong. One
 * mention of a function is not code: what is there must come to ten points. */
#include "base/ascii.h"
#include "detect/text.h"

enum before { ANY, START /* no letter, digit or dot in front: eval( but not model.eval( */ };

struct snippet {
    const char *text;
    unsigned points;
    enum before before;
};

static const struct snippet snippets[] = {
    /* Python */
    {"__import__(", 10, START},
    {"os.system(", 10, START},
    {"os.popen(", 10, START},
    {"os.execv", 10, START},
    {"os.spawn", 8, START},
    {"subprocess.Popen(", 10, START},
    {"subprocess.run(", 10, START},
    {"subprocess.call(", 10, START},
    {"subprocess.check_", 10, START},
    {"subprocess.getoutput(", 10, START},
    {"pty.spawn(", 10, START},
    {"exec(", 6, START},
    {"eval(", 6, START},
    {"compile(", 3, START},
    {"open(", 3, START},
    {"marshal.loads(", 10, START},
    {"pickle.loads(", 7, START},
    {"base64.b64decode(", 5, START},
    {"bytes.fromhex(", 4, START},
    {"codecs.decode(", 4, START},
    {"zlib.decompress(", 4, START},
    {"socket.socket(", 8, START},
    {"urllib.request.urlopen(", 5, START},
    {"requests.get(", 4, START},
    {"requests.post(", 5, START},
    {"getattr(", 3, START},
    {"setattr(", 3, START},
    {"globals()", 4, START},
    {"builtins", 3, START},
    {"importlib.import_module(", 6, START},
    {"import os", 4, START},
    {"import subprocess", 5, START},
    {"import socket", 4, START},
    {"import base64", 3, START},
    {"import pickle", 3, START},
    {"from os import", 4, START},
    {"from subprocess import", 5, START},
    {"lambda:", 3, START},
    {"lambda ", 2, START},
    {".__class__", 8, ANY},
    {"__mro__", 6, ANY},
    {"__base__", 6, ANY},
    {"{{", 2, ANY},
    {"__globals__", 10, ANY},
    {"__builtins__", 10, ANY},
    {"__subclasses__", 10, ANY},
    {"__reduce__", 6, ANY},
    {"!!python/", 10, ANY},
    {"ctypes.CDLL(", 10, START},
    /* shells */
    {"/dev/tcp/", 10, ANY},
    {"bash -i", 8, START},
    {"bash -c", 7, START},
    {"sh -c", 5, START},
    {"/bin/sh", 6, ANY},
    {"/bin/bash", 6, ANY},
    {"| sh", 7, ANY},
    {"|sh", 6, ANY},
    {"| bash", 8, ANY},
    {"|bash", 8, ANY},
    {"$(curl", 10, ANY},
    {"$(wget", 10, ANY},
    {"`curl", 6, ANY},
    {"curl http", 4, START},
    {"curl -", 4, START},
    {"wget http", 4, START},
    {"wget -", 4, START},
    {"nc -e", 10, START},
    {"ncat ", 3, START},
    {"rm -rf", 10, START},
    {"chmod +x", 5, START},
    {"; cat /etc/", 8, ANY},
    {"/etc/passwd", 6, ANY},
    {"powershell -", 10, START},
    {"powershell.exe", 10, START},
    {"cmd.exe", 8, START},
    {"cmd /c", 8, START},
    /* browsers */
    {"<script", 10, ANY},
    {"javascript:", 10, START},
    {" onerror=", 8, ANY},
    {"/onerror=", 8, ANY},
    {" onload=", 8, ANY},
    {"/onload=", 8, ANY},
    {"<svg", 3, ANY},
    {"<img", 2, ANY},
    {"<iframe", 10, ANY},
    {"document.cookie", 8, START},
    {"eval(atob(", 10, START},
    {"atob(", 4, START},
    {"String.fromCharCode(", 6, START},
    {"fetch('http", 6, START},
    {"fetch(\"http", 6, START},
    {"alert(", 4, START},
    {"require('child_process')", 10, START},
    {"child_process", 6, START},
    {"data:text/html", 8, START},
    /* expression languages */
    {"${jndi:", 10, ANY},
    {"T(java.lang", 10, ANY},
    {"getRuntime()", 10, ANY},
    {"ProcessBuilder(", 8, START},
    {"<?php", 10, ANY},
    {"<%=", 4, ANY},
    {"#{", 1, ANY},
    {"${", 1, ANY},
    {"<!ENTITY", 10, ANY},
};

#define ROWS             COUNT_OF(snippets)
#define SNIPPET_TEXT_MAX (4u << 20)
#define SNIPPET_WINDOW   4096u
#define OPENING_BONUS    4u

/* Rows by their first byte, so that a text is walked once: a list per byte, 0 = its end. */
struct index {
    uint8_t head[256], next[ROWS + 1];
};

static void index_rows(struct index *x)
{
    _Static_assert(ROWS < 255, "rows are numbered in a byte");
    memset(x, 0, sizeof *x);
    for (size_t i = 0; i < ROWS; i++) {
        uint8_t c = ascii_to_lower((uint8_t)snippets[i].text[0]);
        x->next[i + 1] = x->head[c];
        x->head[c] = (uint8_t)(i + 1);
    }
}

struct tally {
    bool seen[ROWS];
    unsigned points, best;
    size_t where; /* of the row with most points */
};

static void count_at(const struct index *x, struct slice s, size_t i, struct tally *t)
{
    bool starts = i == 0 || !(text_is_word(s.p[i - 1]) || s.p[i - 1] == '.');
    for (uint8_t k = x->head[ascii_to_lower(s.p[i])]; k; k = x->next[k]) {
        const struct snippet *row = &snippets[k - 1];
        struct slice text = slice_str(row->text);
        if (t->seen[k - 1] || (row->before == START && !starts)) continue;
        if (!slice_eq_nocase(slice_sub(s, i, text.n), text)) continue;
        t->seen[k - 1] = true;
        /* a value that begins with a call is that call */
        t->points += row->points + (i == 0 && row->points >= 5 ? OPENING_BONUS : 0);
        if (row->points > t->best) {
            t->best = row->points;
            t->where = i;
        }
    }
}

static bool window(const struct text_in *in, const struct index *x, size_t from)
{
    struct slice s = slice_sub(in->ev->text.text, from, SNIPPET_WINDOW);
    struct tally t = {.points = 0};
    for (size_t i = 0; i < s.n; i++)
        if (x->head[ascii_to_lower(s.p[i])]) count_at(x, s, i, &t);
    if (t.points < 10) return false;
    size_t start = t.where > 40 ? t.where - 40 : 0;
    text_report(in, "model.metadata-code", SEV_HIGH, from + t.where,
                "Holds program code in a field that only describes the model",
                slice_trim(slice_sub(s, start, 120)));
    return true;
}

void text_snippets(const struct text_in *in)
{
    struct slice s = slice_sub(in->ev->text.text, 0, SNIPPET_TEXT_MAX);
    struct index x;
    if (s.n < 6) return;
    index_rows(&x);
    for (size_t at = 0; at == 0 || at < s.n; at += SNIPPET_WINDOW / 2)
        if (window(in, &x, at)) return;
}
