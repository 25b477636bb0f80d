/* SPDX-License-Identifier: Apache-2.0 */
/* mlmodel.c - MLflow's papers: MLmodel, and meta.yaml of its file store.
 * Source: mlflow 3.x, models/model.py and store/{tracking,model_registry}/file_store.py.
 *
 *    MLmodel    flavors: {NAME: {pickled_model: FILE, data: PATH, env: {conda: FILE}, ...}}
 *               saved_input_example_info: {artifact_path: FILE}, model_uuid, mlflow_version,
 *               signature: {inputs, outputs}   (of a call's arguments; nothing is signed)
 *    meta.yaml  name, version, source: PATH or file:// address     models/NAME/version-N/
 *               name, digest, source_type                          datasets/ID/
 *
 * MLflow writes no digest of any artifact: that the files are there is all that can be told. The
 * digest of a dataset is one of rows in memory (the first of them), not of a file.
 * model_size_bytes is taken before the last files are written, so it is not compared either. */
#include "read/store/store.h"
#include "read/code/yaml.h"
#include "read/config/config_part.h"

struct papers {
    struct store_record *c;
    const struct code_setting *all;
    size_t count;
};

static bool named(const struct reading *r, const char *name)
{
    return r->layer->bytes.n <= SETTING_TEXT &&
           slice_eq(config_base(r->layer->name), slice_str(name));
}

bool mlmodel_fits(const struct reading *r)
{
    return named(r, "MLmodel");
}

bool mlflow_meta_fits(const struct reading *r)
{
    return named(r, "meta.yaml");
}

static enum st load(struct store_record *c, struct papers *ret)
{
    struct settings_maker m;
    enum st st = yaml_settings(c->r, c->r->layer->bytes, &m);
    *ret = (struct papers){c, m.list, m.count};
    return st;
}

static uint32_t child(const struct papers *p, uint32_t map, const char *key)
{
    return settings_child(p->all, map, slice_str(key));
}

static struct slice text_of(const struct papers *p, uint32_t map, const char *key)
{
    uint32_t i = child(p, map, key);
    return i == SETTING_NONE ? S("") : p->all[i].value;
}

/* A path within the model's folder; null and addresses are none. */
static void is_there(const struct papers *p, const struct code_setting *s, struct slice key)
{
    bool text = s->kind == SET_STRING || s->kind == SET_PLAIN;
    if (!text || !s->value.n || !config_path(p->c->r, key, s->value, s->offset)) return;
    store_tell(p->c, &(struct file_claim){.store = CLAIM_MLFLOW,
                                          .about = CLAIM_FILE,
                                          .path = s->value,
                                          .note = key,
                                          .line = s->line});
}

/* Keys of flavors whose value is a path; env is one, or a map of them. */
static void on_flavor(const struct papers *p, uint32_t flavor)
{
    static const char *const keys[] = {"pickled_model", "model_path",   "model_data",
                                       "data",          "python_model", "model_binary",
                                       "code",          "env",          "saved_model_dir"};
    for (size_t k = 0; k < COUNT_OF(keys); k++) {
        uint32_t i = child(p, flavor, keys[k]);
        if (i == SETTING_NONE) continue;
        is_there(p, &p->all[i], slice_str(keys[k]));
        for (uint32_t e = i + 1; p->all[i].kind == SET_MAP && e < p->all[i].end; e = p->all[e].end)
            is_there(p, &p->all[e], p->all[e].key);
    }
    uint32_t artifacts = child(p, flavor, "artifacts");
    if (artifacts == SETTING_NONE || p->all[artifacts].kind != SET_MAP) return;
    for (uint32_t a = artifacts + 1; a < p->all[artifacts].end; a = p->all[a].end) {
        uint32_t path = child(p, a, "path");
        if (path != SETTING_NONE) is_there(p, &p->all[path], S("artifacts"));
    }
}

static void on_flavors(const struct papers *p, uint32_t flavors)
{
    if (flavors == SETTING_NONE || p->all[flavors].kind != SET_MAP) return;
    for (uint32_t i = flavors + 1; i < p->all[flavors].end; i = p->all[i].end) {
        tell_card(p->c->r, CARD_FLAVOURS, p->all[i].key);
        if (p->all[i].kind == SET_MAP) on_flavor(p, i);
    }
}

static void on_card(const struct papers *p)
{
    struct slice version = text_of(p, 0, "mlflow_version"), id = text_of(p, 0, "model_uuid");
    char text[80];
    int n = snprintf(text, sizeof text, "MLflow %.*s", (int)(version.n > 60 ? 60 : version.n),
                     (const char *)version.p);
    if (version.n && n > 0) tell_card(p->c->r, CARD_PRODUCER, slice_of(text, (size_t)n));
    if (id.n) tell_card(p->c->r, CARD_MODEL_ID, id);
    tell_card(p->c->r, CARD_CALL,
              child(p, 0, "signature") == SETTING_NONE ? S("not described") : S("described"));
}

enum st mlmodel_claims(struct store_record *c)
{
    struct papers p;
    enum st st = load(c, &p);
    if (st != ST_OK || !p.count || p.all[0].kind != SET_MAP) return st;
    if (!budget_work(c->r->budget, p.count)) return ST_LIMIT;
    on_card(&p);
    on_flavors(&p, child(&p, 0, "flavors"));
    uint32_t example = child(&p, 0, "saved_input_example_info");
    uint32_t path = example == SETTING_NONE ? SETTING_NONE : child(&p, example, "artifact_path");
    if (path != SETTING_NONE) is_there(&p, &p.all[path], S("saved_input_example_info"));
    return ST_OK;
}

/* A version of the registry says where its model lies; of another meta.yaml nothing is told. */
enum st mlflow_meta_claims(struct store_record *c)
{
    struct papers p;
    enum st st = load(c, &p);
    if (st != ST_OK || !p.count || p.all[0].kind != SET_MAP) return st;
    uint32_t source = child(&p, 0, "source");
    bool version =
        child(&p, 0, "version") != SETTING_NONE && child(&p, 0, "current_stage") != SETTING_NONE;
    if (source == SETTING_NONE || !version) return ST_OK;
    struct slice path = p.all[source].value;
    if (slice_starts(path, S("file://"))) path = slice_sub(path, 7, SIZE_MAX);
    if (!slice_starts(path, S("/"))) return ST_OK; /* models:/..., s3://...: not a file of ours */
    store_tell(c, &(struct file_claim){.store = CLAIM_MLFLOW,
                                       .about = CLAIM_FILE,
                                       .optional = true,
                                       .path = path,
                                       .note = S("source"),
                                       .line = p.all[source].line});
    return ST_OK;
}
