/* SPDX-License-Identifier: Apache-2.0 */
/* conf_docker.c - Dockerfiles: what they are built from, as whom they run, what they carry. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/settings/conf.h"

#define STAGES 64u

struct stage {
    uint32_t from;   /* its FROM */
    uint32_t user;   /* the last USER of it, or CONF_NONE */
    uint32_t starts; /* CMD or ENTRYPOINT, the last */
    int base;        /* stage that it builds on; -1: an image */
    struct slice name, image;
    bool drops; /* a start that changes the user: gosu, su-exec */
};

struct docker {
    struct conf_doc d;
    struct stage stages[STAGES];
    size_t count;
};

static struct slice part(const struct conf_doc *d, uint32_t map, const char *key)
{
    return conf_value(d, conf_child(d, map, key));
}

/* The n-th word of an instruction; CONF_NONE: there are fewer. */
static uint32_t word(const struct conf_doc *d, uint32_t map, const char *list, size_t n)
{
    uint32_t words = conf_child(d, map, list);
    if (words == CONF_NONE) return CONF_NONE;
    uint32_t i = words + 1;
    for (; n && i < conf_at(d, words)->end; n--) i = conf_at(d, i)->end;
    return i < conf_at(d, words)->end ? i : CONF_NONE;
}

static void say(const struct conf_doc *d, const char *rule, int severity, uint32_t at,
                const char *message, struct slice evidence)
{
    conf_say(d->j, d->r, rule, severity, conf_place_of(conf_at(d, at)), slice_str(message),
             evidence);
}

/* ---- images ---- */

static int stage_named(const struct docker *k, struct slice name)
{
    for (size_t i = k->count; i-- > 0;)
        if (k->stages[i].name.n && slice_eq_nocase(k->stages[i].name, name)) return (int)i;
    return -1;
}

static void judge_image(const struct conf_doc *d, uint32_t at, struct slice image)
{
    if (!image.n || slice_find_byte(image, '$') != SIZE_MAX || slice_has(image, S("{{"))) return;
    if (slice_eq_nocase(image, S("scratch")) || slice_has(image, S("@sha256:"))) return;
    struct slice name = shell_base(image);
    size_t colon = slice_find_byte(name, ':');
    struct slice tag = colon == SIZE_MAX ? S("") : slice_sub(name, colon + 1, name.n);
    bool moving = !tag.n || conf_fits(S("latest|*-latest|main|master|nightly|edge|dev"), tag);
    say(d, "code.docker-unpinned", moving ? SEV_HIGH : SEV_MEDIUM, at,
        moving ? "The image is whatever is newest: whoever can push it decides what this one "
                 "consists of"
               : "The tag can be moved: whoever can push it decides what this image consists of",
        image);
}

/* FROM image AS name */
static void on_from(struct docker *k, uint32_t map)
{
    const struct conf_doc *d = &k->d;
    uint32_t at = word(d, map, "words", 0);
    struct stage s = {.from = map, .user = CONF_NONE, .starts = CONF_NONE, .base = -1};
    if (at != CONF_NONE) s.image = conf_value(d, at);
    if (slice_eq_nocase(conf_value(d, word(d, map, "words", 1)), S("AS")))
        s.name = conf_value(d, word(d, map, "words", 2));
    if (slice_eq(part(d, map, "base"), S("stage")))
        s.base = stage_named(k, s.image);
    else if (at != CONF_NONE)
        judge_image(d, conf_child(d, map, "instruction"), s.image);
    if (k->count < STAGES) k->stages[k->count++] = s;
}

/* ---- files ---- */

static bool is_secret_file(struct slice path)
{
    struct slice name = shell_base(path);
    return conf_fits(S(".env|.env.*|.netrc|_netrc|.pypirc|.npmrc|id_rsa|id_ed25519|id_ecdsa|id_dsa|"
                       ".git-credentials|credentials.json|service_account*.json|"
                       "service-account*.json|kaggle.json|.aws|.ssh|.docker|*.pem.key|"
                       "secrets.y*ml|secrets.toml|.secrets"),
                     name) ||
           conf_fits(S("*.aws/credentials|*.huggingface/token|*huggingface/token|"
                       "*.ssh/*|*.kube/config|*.docker/"
                       "config.json|*application_default_credentials.json"),
                     path);
}

static bool is_sample(struct slice path)
{
    return conf_fits(S("*.example|*.sample|*.template|*.dist|*example*|*.pub|*.tmpl"), path);
}

static void on_copy(struct docker *k, uint32_t map, bool add)
{
    const struct conf_doc *d = &k->d;
    bool checked = false, elsewhere = false;
    uint32_t flag;
    for (size_t n = 0; (flag = word(d, map, "flags", n)) != CONF_NONE; n++) {
        struct slice value = conf_value(d, flag);
        checked = checked || slice_starts(value, S("--checksum="));
        if (!slice_starts(value, S("--from="))) continue;
        elsewhere = true;
        struct slice from = slice_sub(value, 7, value.n);
        bool number = from.n && ascii_digit(from.p[0]) && from.n < 3;
        if (!number && stage_named(k, from) < 0 && slice_find_byte(from, '/') != SIZE_MAX)
            judge_image(d, flag, from);
        else if (!number && stage_named(k, from) < 0 && slice_find_byte(from, ':') != SIZE_MAX)
            judge_image(d, flag, from);
    }
    uint32_t at;
    for (size_t n = 0; (at = word(d, map, "words", n)) != CONF_NONE; n++) {
        struct slice path = conf_value(d, at);
        bool last = word(d, map, "words", n + 1) == CONF_NONE;
        bool url = slice_starts(path, S("http://")) || slice_starts(path, S("https://"));
        bool commit = slice_find_byte(path, '#') != SIZE_MAX &&
                      conf_is_commit(slice_sub(path, slice_find_byte(path, '#') + 1, path.n));
        if (last) break; /* where to */
        if (add && url && !checked && !commit)
            say(d, "code.docker-add-url", CONF_RULE_SEVERITY, at,
                "Whoever answers that address decides what lies in the image: no digest is "
                "compared",
                path);
        if (!elsewhere && !url && is_secret_file(path) && !is_sample(path))
            say(d, "code.docker-secret", CONF_RULE_SEVERITY, at,
                "Everyone who can pull the image has what is in this file", path);
    }
}

/* ---- variables ---- */

static void on_env(struct docker *k, uint32_t map, bool arg)
{
    const struct conf_doc *d = &k->d;
    uint32_t pairs = conf_child(d, map, "pairs");
    if (pairs == CONF_NONE) return;
    for (uint32_t i = pairs + 1; i < conf_at(d, pairs)->end; i = conf_at(d, i)->end) {
        const struct code_setting *x = conf_at(d, i);
        if (x->kind != SET_NULL)
            conf_env(d->j, d->r, x->key, x->value, conf_place_of(x));
        else if (arg && conf_secret_name(x->key))
            say(d, "code.docker-secret", SEV_LOW, i,
                "What is given for this argument stays in the image's history", x->key);
    }
}

/* ---- who runs it ---- */

static bool is_root(struct slice user)
{
    struct slice name = slice_sub(user, 0, slice_find_byte(user, ':'));
    return slice_eq(name, S("root")) || slice_eq(name, S("0"));
}

/* Images that set a user of their own. */
static bool sets_user(struct slice image)
{
    return conf_fits(
        S("*nonroot*|*rootless*|*unprivileged*|cgr.dev/chainguard/*|*distroless*:nonroot*|"
          "jupyter/*|quay.io/jupyter/*|rayproject/*|apache/airflow*|bitnami/*|"
          "docker.io/bitnami/*|kserve/*|seldonio/*|pytorch/torchserve*|mambaorg/*|"
          "*/jenkins/*|selenium/*|grafana/*|prom/*|*$*|*{{*|"
          "registry.access.redhat.com/*|registry.redhat.io/*|cgr.dev/*|dhi.io/*|"
          "opensearchproject/*|elasticsearch*|*/elasticsearch/*|neo4j*|tomcat-nonroot*|"
          "nginxinc/nginx-unprivileged*|circleci/*|cimg/*|gitpod/*|*vscode/devcontainers*"),
        image);
}

/* The user at the end of a stage, through the stages below it. */
static void judge_user(struct docker *k)
{
    const struct conf_doc *d = &k->d;
    if (!k->count) return;
    const struct stage *last = &k->stages[k->count - 1], *s = last;
    for (size_t steps = 0; s->user == CONF_NONE && s->base >= 0 && steps < STAGES; steps++)
        s = &k->stages[s->base];
    uint32_t place = s->user;
    struct slice user = S("");
    if (place != CONF_NONE) {
        uint32_t at = word(d, place, "words", 0);
        user = conf_value(d, at);
        if (!is_root(user) || last->drops) return;
        place = conf_child(d, place, "instruction");
    } else {
        if (sets_user(s->image) || slice_eq_nocase(s->image, S("scratch")) || last->drops) return;
        place = conf_child(d, last->starts != CONF_NONE ? last->starts : last->from, "instruction");
    }
    say(d, "code.docker-root", CONF_RULE_SEVERITY, place,
        "Code that gets into the container is root in it",
        user.n ? arena_printf(d->j->arena, "USER %.*s", SLICE_ARG(user))
               : S("no USER in the last stage"));
}

/* ---- instructions ---- */

static bool changes_user(const struct conf_doc *d, uint32_t map)
{
    /* what starts is told as a command; the text of the instruction says enough here */
    const struct code_setting *x = conf_at(d, map);
    struct slice rest = slice_sub(d->s->text, x->offset, 400);
    rest = slice_sub(rest, 0, slice_find_byte(rest, '\n'));
    return slice_has(rest, S("gosu")) || slice_has(rest, S("su-exec")) ||
           slice_has(rest, S("setpriv")) || slice_has(rest, S("fixuid"));
}

static void on_instruction(struct docker *k, uint32_t map)
{
    const struct conf_doc *d = &k->d;
    struct slice name = part(d, map, "instruction");
    struct stage *s = k->count ? &k->stages[k->count - 1] : NULL;
    if (slice_eq(name, S("FROM"))) on_from(k, map);
    if (slice_eq(name, S("COPY"))) on_copy(k, map, false);
    if (slice_eq(name, S("ADD"))) on_copy(k, map, true);
    if (slice_eq(name, S("ENV"))) on_env(k, map, false);
    if (slice_eq(name, S("ARG"))) on_env(k, map, true);
    if (!s) return;
    if (slice_eq(name, S("USER"))) s->user = map;
    bool entry = slice_eq(name, S("ENTRYPOINT"));
    if (!entry && !slice_eq(name, S("CMD"))) return;
    s->starts = map;
    s->drops = s->drops || changes_user(d, map);
}

void conf_docker(struct judge *j, const struct reading *r, const struct code_settings *s)
{
    struct docker *k = ARENA_NEW(j->arena, struct docker);
    if (!k) {
        j->nomem = true;
        return;
    }
    k->d = (struct conf_doc){.j = j, .r = r, .s = s, .end = (uint32_t)s->count};
    for (uint32_t i = 0; i < s->count; i = s->list[i].end) on_instruction(k, i);
    judge_user(k);
}
