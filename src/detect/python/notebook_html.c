/* SPDX-License-Identifier: Apache-2.0 */
/* notebook_html.c - does an output act, and is it one of those that plotting and table libraries
 * write?
 *
 * A script is honest when it bears the marks of such a library and does nothing that only an attack
 * would: ask the kernel, read cookies, send something away. Large scripts (a whole plotly.js) are
 * libraries themselves and are not searched for that. */
#include "base/ascii.h"
#include "detect/python/notebook.h"

#define LIBRARY_SIZE ((size_t)100 << 10)

static bool has_one(struct slice s, const char *const *words)
{
    for (; *words; words++)
        if (slice_has_nocase(s, slice_str(*words))) return true;
    return false;
}

static bool is_library(struct slice script)
{
    static const char *const marks[] = {"plotly",
                                        "bokeh",
                                        "google.colab",
                                        "vegaembed",
                                        "vega-embed",
                                        "require.config",
                                        "requirejs",
                                        "mpl.",
                                        "shap",
                                        "tensorboard",
                                        "l.map(",
                                        "leaflet",
                                        "datatable",
                                        "mathjax",
                                        "holoviews",
                                        "panel",
                                        "vis.network",
                                        "echarts",
                                        "highcharts",
                                        "d3.",
                                        "outputarea",
                                        "copytoclipboard",
                                        "jupyter-widgets",
                                        "wandb",
                                        "cytoscape",
                                        "k3d",
                                        "graphistry",
                                        "perspective",
                                        "altair",
                                        "highlight",
                                        "mermaid",
                                        "three.",
                                        "deck.gl",
                                        "kepler",
                                        "ngl",
                                        "py3dmol",
                                        "3dmol",
                                        NULL};
    return has_one(script, marks);
}

/* What no output needs. */
static bool is_attack(struct slice script)
{
    static const char *const marks[] = {"document.cookie",
                                        "kernel.execute",
                                        "requestexecute",
                                        "/api/terminals",
                                        "/api/contents",
                                        "/api/kernels",
                                        "_xsrf",
                                        "sendbeacon",
                                        "localstorage.getitem",
                                        "eval(atob",
                                        "new image().src",
                                        "new websocket(\"ws",
                                        "document.write(unescape",
                                        "string.fromcharcode(",
                                        NULL};
    if (script.n > LIBRARY_SIZE && is_library(script)) return false;
    return has_one(script, marks);
}

static bool known_host(struct slice host)
{
    static const char *const hosts[] = {"cdn.plot.ly",
                                        "plot.ly",
                                        "plotly.com",
                                        "cdn.bokeh.org",
                                        "cdn.pydata.org",
                                        "cdn.holoviz.org",
                                        "cdnjs.cloudflare.com",
                                        "cdn.jsdelivr.net",
                                        "unpkg.com",
                                        "ajax.googleapis.com",
                                        "code.jquery.com",
                                        "d3js.org",
                                        "gstatic.com",
                                        "maxcdn.bootstrapcdn.com",
                                        "cdn.datatables.net",
                                        "cdn.mathjax.org",
                                        "stackpath.bootstrapcdn.com",
                                        "netdna.bootstrapcdn.com",
                                        "vega.github.io",
                                        "esm.sh",
                                        "googleapis.com",
                                        "colab.research.google.com",
                                        "code.highcharts.com",
                                        "youtube.com",
                                        "youtube-nocookie.com",
                                        "player.vimeo.com",
                                        "wandb.ai",
                                        "hf.space",
                                        "huggingface.co",
                                        "gradio.live",
                                        "gradio.app",
                                        "localhost",
                                        "127.0.0.1",
                                        "wikipedia.org",
                                        "github.io",
                                        "kaggle.com",
                                        "googleusercontent.com",
                                        "openstreetmap.org",
                                        "tensorboard.dev",
                                        "streamlit.app",
                                        "google.com",
                                        "readthedocs.io",
                                        "arxiv.org",
                                        NULL};
    for (const char *const *h = hosts; *h; h++) {
        struct slice known = slice_str(*h);
        if (!slice_ends_nocase(host, known)) continue;
        if (host.n == known.n || host.p[host.n - known.n - 1] == '.') return true;
    }
    return false;
}

/* The host of a URL that leaves the file; empty: it does not. */
static struct slice host_of(struct slice url)
{
    size_t at = slice_find(slice_sub(url, 0, 8), S("//"));
    if (at == SIZE_MAX) return S("");
    struct slice rest = slice_sub(url, at + 2, url.n);
    size_t n = 0;
    while (n < rest.n && (ascii_alnum(rest.p[n]) || rest.p[n] == '.' || rest.p[n] == '-')) n++;
    return slice_sub(rest, 0, n);
}

/* The value of an attribute of a tag (the text between < and >); false: it is not there. */
static bool attribute(struct slice tag, struct slice name, struct slice *ret)
{
    for (size_t i = 1; i + name.n < tag.n; i++) {
        if (!ascii_space(tag.p[i - 1]) && tag.p[i - 1] != '/' && tag.p[i - 1] != '"' &&
            tag.p[i - 1] != '\'')
            continue;
        if (!slice_eq_nocase(slice_sub(tag, i, name.n), name)) continue;
        struct slice rest = slice_trim(slice_sub(tag, i + name.n, tag.n));
        if (!slice_starts(rest, S("="))) continue;
        rest = slice_trim(slice_sub(rest, 1, rest.n));
        uint8_t quote = rest.n ? rest.p[0] : 0;
        if (quote == '\\') rest = slice_sub(rest, 1, rest.n);
        if (quote == '"' || quote == '\'') {
            rest = slice_sub(rest, 1, rest.n);
            *ret = slice_sub(rest, 0, slice_find_byte(rest, quote));
        } else {
            size_t n = 0;
            while (n < rest.n && !ascii_space(rest.p[n]) && rest.p[n] != '>') n++;
            *ret = slice_sub(rest, 0, n);
        }
        return true;
    }
    return false;
}

/* The end of the tag that begins at `at`: behind its ">", quotes respected. */
static size_t tag_end(struct slice s, size_t at)
{
    uint8_t quote = 0;
    size_t most = at + 65536 < s.n ? at + 65536 : s.n;
    for (size_t i = at; i < most; i++) {
        if (quote)
            quote = s.p[i] == quote ? 0 : quote;
        else if (s.p[i] == '"' || s.p[i] == '\'')
            quote = s.p[i];
        else if (s.p[i] == '>')
            return i + 1;
    }
    return most;
}

static bool is_tag(struct slice tag, const char *name)
{
    size_t n = strlen(name);
    return tag.n > n && slice_eq_nocase(slice_sub(tag, 0, n), slice_str(name)) &&
           !ascii_alnum(tag.p[n]);
}

/* ---- what a tag does ---- */

/* Types of scripts that are data, not code. */
static bool is_data(struct slice tag)
{
    struct slice type;
    return attribute(tag, S("type"), &type) &&
           (slice_has_nocase(type, S("json")) || slice_has_nocase(type, S("text/template")) ||
            slice_has_nocase(type, S("x-template")) || slice_has_nocase(type, S("x-mathjax")) ||
            slice_has_nocase(type, S("vnd.")));
}

static const char *judge_script(struct slice tag, struct slice body, enum severity *ret)
{
    struct slice url;
    if (attribute(tag, S("src"), &url)) {
        struct slice host = host_of(url);
        if (host.n && !known_host(host)) return "loads a script from another host";
        if (slice_starts(url, S("data:"))) return "runs a script from a data URL";
    }
    if (is_data(tag)) return NULL;
    if (is_attack(body)) return "runs a script that asks the kernel, or sends something away";
    if (!slice_trim(body).n || is_library(body) || is_library(tag)) return NULL;
    *ret = SEV_MEDIUM;
    static const char *const sends[] = {"fetch(", "xmlhttprequest", "websocket", "eval(", NULL};
    if (has_one(body, sends)) *ret = SEV_HIGH;
    return "runs a script that no known library writes";
}

static const char *judge_handlers(struct slice tag, enum severity *ret)
{
    static const char *const names[] = {"onerror",          "onload",         "onmouseover",
                                        "onfocus",          "ontoggle",       "onbegin",
                                        "onanimationstart", "onpointerenter", "onmouseenter"};
    static const char *const harmless[] = {"this.style",
                                           "this.onerror=null",
                                           "this.src=",
                                           "contentdocument.open",
                                           "this.remove()",
                                           "resize",
                                           NULL};
    struct slice code;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!attribute(tag, slice_str(names[i]), &code) || !slice_trim(code).n) continue;
        if (has_one(code, harmless) && !is_attack(code) && !slice_has_nocase(code, S("fetch(")))
            continue;
        *ret = SEV_HIGH;
        return "handles an event with a script";
    }
    if (attribute(tag, S("onclick"), &code) && is_attack(code))
        return "handles a click with a script";
    return NULL;
}

static const char *judge_frame(struct slice tag, enum severity *ret)
{
    struct slice url;
    if (!attribute(tag, S("src"), &url)) return NULL;
    if (slice_starts(url, S("javascript:"))) return "runs a script in a frame";
    struct slice host = host_of(url);
    if (!host.n || known_host(host)) return NULL;
    *ret = SEV_MEDIUM;
    return "shows a page of another host in a frame";
}

static const char *judge_tag(struct slice tag, struct slice body, enum severity *ret)
{
    struct slice url;
    if (is_tag(tag, "script")) return judge_script(tag, body, ret);
    if (is_tag(tag, "iframe") || is_tag(tag, "embed") || is_tag(tag, "object")) {
        const char *what = judge_frame(tag, ret);
        if (what) return what;
    }
    if (attribute(tag, S("href"), &url) && slice_starts(slice_trim(url), S("javascript:")) &&
        !slice_has(url, S("void(0)")))
        return "has a link that runs a script";
    return judge_handlers(tag, ret);
}

static size_t script_end(struct slice s, size_t from)
{
    for (size_t at = from; at < s.n;) {
        size_t n = slice_find(slice_sub(s, at, s.n), S("</"));
        if (n == SIZE_MAX) break;
        at += n;
        if (slice_eq_nocase(slice_sub(s, at + 2, 6), S("script"))) return at;
        at += 2;
    }
    return s.n;
}

const char *notebook_active(struct slice mime, struct slice text, size_t *ret_at,
                            enum severity *ret_severity)
{
    *ret_at = 0;
    *ret_severity = SEV_HIGH;
    if (slice_ends_nocase(mime, S("javascript"))) return judge_script(S(""), text, ret_severity);
    for (size_t at = 0; at < text.n;) {
        size_t n = slice_find_byte(slice_sub(text, at, text.n), '<');
        if (n == SIZE_MAX || at + n + 1 >= text.n) return NULL;
        at += n + 1;
        if (!ascii_letter(text.p[at])) continue;
        size_t end = tag_end(text, at);
        struct slice tag = slice_sub(text, at, end - at), body = S("");
        bool script = is_tag(tag, "script");
        size_t close = script ? script_end(text, end) : end;
        if (script) body = slice_sub(text, end, close - end);
        *ret_at = at;
        const char *what = judge_tag(tag, body, ret_severity);
        if (what) return what;
        at = close;
    }
    return NULL;
}
