/* SPDX-License-Identifier: Apache-2.0 */
/* origin.c - where packages come from: indexes beside PyPI, addresses and repositories. */
#include "base/ascii.h"
#include "detect/package/package_part.h"

/* ---- parts of an address ---- */

static struct slice host_of(struct slice url)
{
    size_t at = slice_find(url, S("://"));
    if (at == SIZE_MAX) return (struct slice){NULL, 0};
    struct slice host = slice_sub(url, at + 3, url.n);
    size_t end = 0;
    while (end < host.n && host.p[end] != '/' && host.p[end] != '?' && host.p[end] != '#') end++;
    host = slice_sub(host, 0, end);
    size_t user = slice_rfind_byte(host, '@');
    if (user != SIZE_MAX) host = slice_sub(host, user + 1, host.n);
    size_t port = slice_find_byte(host, ':');
    return slice_sub(host, 0, port);
}

struct slice url_shown(struct arena *a, struct slice url)
{
    size_t at = slice_find(url, S("://"));
    if (at == SIZE_MAX) return url;
    struct slice rest = slice_sub(url, at + 3, url.n);
    size_t slash = slice_find_byte(rest, '/');
    size_t user = slice_rfind_byte(slice_sub(rest, 0, slash), '@');
    if (user == SIZE_MAX) return url;
    rest = slice_sub(rest, user + 1, rest.n);
    return arena_printf(a, "%.*s...@%.*s", SLICE_ARG(slice_sub(url, 0, at + 3)), SLICE_ARG(rest));
}

static bool is_loopback(struct slice host)
{
    return slice_eq_nocase(host, S("localhost")) || slice_starts(host, S("127.")) ||
           slice_eq(host, S("[::1]"));
}

static bool has_host(struct slice host, const char *const *known, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct slice k = slice_str(known[i]);
        if (slice_eq_nocase(host, k)) return true;
        if (host.n > k.n && host.p[host.n - k.n - 1] == '.' && slice_ends_nocase(host, k))
            return true;
    }
    return false;
}

/* ---- indexes ---- */

static bool is_pypi(struct slice host)
{
    static const char *const known[] = {"pypi.org", "pypi.python.org", "files.pythonhosted.org"};
    return has_host(host, known, COUNT_OF(known));
}

/* Makers of frameworks who serve wheels of their own, under names that are theirs on PyPI, too. */
static bool is_maker(struct slice url, struct slice host)
{
    static const char *const hosts[] = {
        "download.pytorch.org", "pypi.nvidia.com", "pypi.ngc.nvidia.com",
        "data.pyg.org",         "data.dgl.ai",     "developer.download.nvidia.com",
        "wheels.vllm.ai",       "flashinfer.ai",   "pytorch-extension.intel.com",
        "huggingface.github.io"};
    static const char *const places[] = {"storage.googleapis.com/jax-releases",
                                         "storage.googleapis.com/libtpu-releases",
                                         "abetlen.github.io/llama-cpp-python",
                                         "download.openmmlab.com/mmcv",
                                         "huggingface.co/docs",
                                         "paddlepaddle.org.cn",
                                         "pypi.anaconda.org/scientific-python",
                                         "pypi.anaconda.org/rapidsai",
                                         "dl.fbaipublicfiles.com",
                                         "alphacep.com"};
    if (has_host(host, hosts, COUNT_OF(hosts))) return true;
    for (size_t i = 0; i < COUNT_OF(places); i++)
        if (slice_has(url, slice_str(places[i]))) return true;
    return false;
}

static bool is_mirror(struct slice host)
{
    static const char *const known[] = {"pypi.tuna.tsinghua.edu.cn", "mirrors.aliyun.com",
                                        "mirrors.cloud.tencent.com", "pypi.mirrors.ustc.edu.cn",
                                        "pypi.douban.com",           "mirrors.ustc.edu.cn",
                                        "repo.huaweicloud.com",      "mirror.baidu.com"};
    return has_host(host, known, COUNT_OF(known));
}

static void extra_index(const struct asked *q, struct slice host, bool all_equal)
{
    bool maker = is_maker(q->p->url, host);
    if (maker && q->p->file && q->p->file->labelled) return; /* ==2.6.0+cu124 is not on PyPI */
    if (maker) {
        asked_say(q, "dep.extra-index", SEV_LOW,
                  S("A second index is asked for every name; without a local version (+cu124) the "
                    "higher version wins, wherever it is"),
                  S("Pin the packages of this index with their local version, e.g. "
                    "torch==2.6.0+cu124"));
        return;
    }
    asked_say(
        q, "dep.extra-index", all_equal ? SEV_HIGH : SEV_MEDIUM,
        is_mirror(host)
            ? S("A mirror is asked beside PyPI: whoever controls either of them decides which "
                "version is installed")
            : S("Names are looked up on PyPI, too: whoever registers the name of a private "
                "package there with a higher version is installed instead"),
        S(""));
}

static bool insecure(struct slice url, struct slice host)
{
    return slice_eq_nocase(slice_sub(url, 0, 7), S("http://")) && !is_loopback(host);
}

void judge_index(const struct asked *q)
{
    struct slice option = q->p->name, url = q->p->url, host = host_of(url);
    if (slice_eq(option, S("trusted-host"))) {
        struct slice named = slice_sub(url, 0, slice_find_byte(url, ':'));
        if (is_loopback(named)) return;
        asked_say(
            q, "dep.index-insecure", SEV_MEDIUM,
            S("The certificate of this index is not checked: whoever sits on the line decides "
              "what is installed"),
            S(""));
        return;
    }
    if (slice_eq(option, S("requirement")) || !host.n) return;
    if (insecure(url, host)) {
        asked_say(q, "dep.index-insecure", SEV_HIGH,
                  S("Packages come over an unprotected line: whoever sits on it decides what is "
                    "installed"),
                  S(""));
        return;
    }
    if (q->p->own_index || is_pypi(host) || is_loopback(host)) return;
    if (slice_eq(option, S("extra-index-url")))
        extra_index(q, host, true);
    else if (slice_eq(option, S("source")) || slice_eq(option, S("index")))
        extra_index(q, host, false);
    else if (slice_eq(option, S("find-links")) && !is_maker(url, host))
        extra_index(q, host, false);
}

/* ---- direct references ---- */

static bool all_hex(struct slice s, size_t least)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_hex(s.p[i])) return false;
    return s.n >= least;
}

/* "v1.2.3", "release-2.0": a name that moves only when somebody moves it. */
static bool tag_like(struct slice s)
{
    for (size_t i = 0; i + 2 < s.n; i++)
        if (ascii_digit(s.p[i]) && s.p[i + 1] == '.' && ascii_digit(s.p[i + 2])) return true;
    return false;
}

/* Behind the last @ of the path, or behind # for npm. */
static struct slice revision_of(struct slice url, bool npm)
{
    size_t hash = slice_find_byte(url, '#');
    if (npm) return hash == SIZE_MAX ? S("") : slice_sub(url, hash + 1, url.n);
    url = slice_sub(url, 0, hash);
    size_t host = slice_find(url, S("://"));
    struct slice rest = slice_sub(url, host == SIZE_MAX ? 0 : host + 3, url.n);
    size_t slash = slice_find_byte(rest, '/');
    if (slash == SIZE_MAX) return S("");
    rest = slice_sub(rest, slash, rest.n);
    size_t at = slice_rfind_byte(rest, '@');
    return at == SIZE_MAX ? S("") : slice_sub(rest, at + 1, rest.n);
}

static void judge_git(const struct asked *q, bool npm)
{
    struct slice rev = revision_of(q->p->url, npm);
    bool plain = slice_starts(q->p->url, S("git+http://")) || slice_starts(q->p->url, S("git://"));
    if (slice_has(q->p->url, S("git+file:"))) return;
    if (plain) {
        asked_say(q, "dep.direct-url", SEV_HIGH,
                  S("The source comes over an unprotected line: whoever sits on it decides what is "
                    "built and run"),
                  S(""));
    } else if (!all_hex(rev, 40)) {
        bool fixed = tag_like(rev) || all_hex(rev, 7);
        asked_say(q, "dep.direct-url", fixed ? SEV_MEDIUM : SEV_HIGH,
                  fixed ? S("A tag can be moved: whoever gets the repository decides what the next "
                            "installation builds and runs")
                        : S("A branch is followed: whoever may push to it decides what the next "
                            "installation builds and runs"),
                  S(""));
    }
}

/* https://github.com/o/r/archive/main.zip: the part behind archive/, without its ending. */
static struct slice archived(struct slice url)
{
    static const char *const marks[] = {"/archive/refs/heads/", "/archive/refs/tags/", "/archive/",
                                        "/tarball/", "/zipball/"};
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        size_t at = slice_find(url, slice_str(marks[i]));
        if (at == SIZE_MAX) continue;
        struct slice rev = slice_sub(url, at + strlen(marks[i]), url.n);
        size_t end = 0;
        while (end < rev.n && rev.p[end] != '/' && rev.p[end] != '#') end++;
        rev = slice_sub(rev, 0, end);
        if (slice_ends(rev, S(".zip"))) return slice_sub(rev, 0, rev.n - 4);
        return slice_ends(rev, S(".tar.gz")) ? slice_sub(rev, 0, rev.n - 7) : rev;
    }
    return (struct slice){NULL, 0};
}

static void judge_archive(const struct asked *q)
{
    struct slice url = q->p->url, rev = archived(url);
    if (q->p->hashed || slice_has(url, S("#sha256=")) || slice_has(url, S("#sha512="))) return;
    if (insecure(url, host_of(url))) {
        asked_say(q, "dep.direct-url", SEV_HIGH,
                  S("The package comes over an unprotected line and has no hash: whoever sits on "
                    "the line decides what is installed"),
                  S(""));
    } else if (rev.n && !all_hex(rev, 40)) {
        asked_say(q, "dep.direct-url", tag_like(rev) ? SEV_MEDIUM : SEV_HIGH,
                  S("The archive is of whatever the branch or tag is on that day: whoever may push "
                    "decides what is installed"),
                  S(""));
    } else if (!rev.n && !is_loopback(host_of(url))) {
        asked_say(q, "dep.direct-url", SEV_LOW,
                  S("The file behind the address can be exchanged, and no hash would notice"),
                  S("Add #sha256=... to the address, or --hash=sha256:... behind it"));
    }
}

static bool npm_git(struct slice url)
{
    static const char *const begins[] = {"git", "github:", "gitlab:", "bitbucket:"};
    for (size_t i = 0; i < COUNT_OF(begins); i++)
        if (slice_starts(url, slice_str(begins[i]))) return true;
    return slice_find_byte(url, ':') == SIZE_MAX && slice_find_byte(url, '/') != SIZE_MAX &&
           url.p[0] != '.' && url.p[0] != '/';
}

void judge_direct(const struct asked *q)
{
    struct slice url = q->p->url;
    bool npm = q->p->system == SYSTEM_NPM;
    if (!url.n || q->p->source == PACKAGE_LOCK) return;
    if (npm ? npm_git(url)
            : slice_starts(url, S("git+")) || slice_starts(url, S("git:")) ||
                  slice_starts(url, S("hg+")) || slice_starts(url, S("svn+")) ||
                  slice_starts(url, S("bzr+")))
        judge_git(q, npm);
    else if (slice_starts(url, S("http:")) || slice_starts(url, S("https:")))
        judge_archive(q);
}
