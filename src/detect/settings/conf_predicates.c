/* SPDX-License-Identifier: Apache-2.0 */
/* conf_predicates.c - the functions that rows of the tables name with @. */
#include "base/st.h"
#include "detect/settings/conf.h"

/* A sibling that gives a way to log in. */
static bool has_auth(const struct conf_doc *d, uint32_t i)
{
    uint32_t map = conf_at(d, i)->parent;
    uint32_t from = map == CONF_NONE ? d->root : map + 1;
    uint32_t end = map == CONF_NONE ? d->end : conf_at(d, map)->end;
    for (uint32_t k = from; k < end; k = conf_at(d, k)->end) {
        const struct code_setting *x = conf_at(d, k);
        if (k != i && x->value.n && conf_fits(S("*token|*password|*auth*"), x->key)) return true;
    }
    return false;
}

/* The address that belongs to the setting is of this machine. */
static bool near_is_local(const struct conf_doc *d, uint32_t i)
{
    const struct code_setting *x = conf_at(d, i);
    if (conf_loopback_url(x->value) && x->value.n && !conf_false(x->value) && !conf_true(x->value))
        return true;
    if (x->parent == CONF_NONE) return false;
    for (uint32_t k = x->parent + 1; k < conf_at(d, x->parent)->end; k = conf_at(d, k)->end)
        if (conf_fits(S("*url|*host|*endpoint|*server|*address|*uri"), conf_at(d, k)->key) &&
            conf_loopback_url(conf_value(d, k)))
            return true;
    return false;
}

/* "acme/train", "acme/train:latest": another image tomorrow. Not one that is built here. */
static bool is_floating_image(const struct conf_doc *d, uint32_t i)
{
    struct slice image = conf_value(d, i);
    uint32_t map = conf_at(d, i)->parent;
    if (!image.n || conf_is_open(image) || slice_find_byte(image, '@') != SIZE_MAX) return false;
    if (map != CONF_NONE && conf_child(d, map, "build") != CONF_NONE) return false;
    size_t slash = slice_rfind_byte(image, '/');
    struct slice last = slash == SIZE_MAX ? image : slice_sub(image, slash + 1, image.n);
    size_t colon = slice_rfind_byte(last, ':');
    return colon == SIZE_MAX || slice_eq(slice_sub(last, colon, last.n), S(":latest"));
}

bool conf_setting_test(enum conf_test test, const struct conf_doc *d, uint32_t i)
{
    struct slice value = conf_value(d, i);
    switch (test) {
    case CONF_TEST_ALL_HOSTS: return conf_all_hosts(value);
    case CONF_TEST_HTTP_REMOTE:
    case CONF_TEST_INSECURE_URL:
        return slice_starts(value, S("http://")) && !conf_loopback_url(value);
    case CONF_TEST_AUTH: return has_auth(d, i);
    case CONF_TEST_LOCAL_URL: return near_is_local(d, i);
    case CONF_TEST_FLOATING_IMAGE: return is_floating_image(d, i);
    case CONF_TEST_NOT_COMMIT: return !conf_is_commit(value) && !conf_is_open(value);
    case CONF_TEST_EXTRA_INDEX: return slice_has(value, S("://")) && !conf_known_index(value);
    case CONF_TEST_VENDOR_INDEX: return conf_known_index(value);
    case CONF_TEST_SECRET:
        return conf_secret_value(value) && !conf_engine_sees(d->j, conf_at(d, i)->key, value);
    default: return false;
    }
}

/* ---- commands ---- */

static bool any_local(const struct conf_command *c)
{
    for (size_t i = 1; i < c->count; i++) {
        struct slice w = c->words[i].text;
        bool url = slice_has(w, S("://"));
        if (url && conf_loopback_url(w)) return true;
        if (!url && conf_fits(S("localhost|localhost:*|localhost/*|127.*"), w)) return true;
    }
    return false;
}

/* Further down in the script, a commit of the clone is checked out. */
static bool checks_out(const struct conf_command *c)
{
    const struct shell *shell = c->c->script->shell;
    for (size_t i = c->c->index + 1; i < shell->count && i < c->c->index + 32; i++) {
        const struct shell_command *other = &shell->commands[i];
        bool moves = false;
        for (size_t w = other->program; w < other->count; w++) {
            struct slice text = other->words[w].text;
            moves = moves || conf_fits(S("checkout|reset|switch"), text);
            if (moves && (conf_is_commit(text) || slice_starts(text, S("$")))) return true;
        }
    }
    return false;
}

static bool is_pinned(const struct conf_command *c)
{
    static const char *const names[] = {"--revision", "--code-revision", "--code_revision",
                                        "--commit_hash"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t word;
        struct slice value = conf_option_value(c, names[i], &word);
        if (value.p && (conf_is_commit(value) || slice_starts(value, S("$")))) return true;
    }
    return slice_eq(c->program, S("git")) && checks_out(c);
}

static bool has_no_auth(const struct conf_command *c)
{
    static const char *const names[] = {
        "--api-key",     "--api_key",      "--api-key-file", "--token",      "--auth",
        "--api-token",   "--api-keys",     "--password",     "--basic-auth", "--auth-token",
        "--master_key",  "--api-key-hash", "--gradio-auth",  "--config",     "-c",
        "--enable-auth", "--ssl-client-ca"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (conf_option(c, names[i]) != SIZE_MAX) return false;
    for (size_t i = 0; i < c->shell->program; i++)
        if (conf_fits(S("*API_KEY=*|*TOKEN=*|*AUTH*=*|*PASSWORD=*"), c->shell->words[i].raw))
            return false;
    return true;
}

static bool has_model_path(const struct conf_command *c)
{
    for (size_t i = 1; i < c->count; i++)
        if (conf_fits(
                S("*model*|*data*|*weight*|*checkpoint*|*ckpt*|*cache*|*artifact*|/app*|/opt*|"
                  "/srv*|/mnt*|*huggingface*|*mlruns*|*airflow*|*dags*|*notebook*|/workspace*|"
                  "/home/*|/usr/*"),
                c->words[i].text))
            return true;
    return false;
}

bool conf_command_test(enum conf_test test, const struct conf_command *c)
{
    switch (test) {
    case CONF_TEST_LOCAL_URL: return any_local(c);
    case CONF_TEST_PINNED: return is_pinned(c);
    case CONF_TEST_NO_AUTH: return has_no_auth(c);
    case CONF_TEST_MODEL_PATH: return has_model_path(c);
    default: return false;
    }
}
