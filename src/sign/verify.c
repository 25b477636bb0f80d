/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/verify.h"
#include <stdio.h>

struct verification {
    const struct verify_request *q;
    struct arena *arena;
    struct verdict *out;
};

static bool same_list(const struct slice *a, const struct slice *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!slice_eq(a[i], b[i])) return false;
    return true;
}

/* Would the same files be hashed in the same way, with the same outcome? */
static bool same_manifest(const struct manifest *a, const struct manifest *b)
{
    if (a->method != b->method || a->hash != b->hash || a->allow_links != b->allow_links ||
        a->shard_size != b->shard_size || a->ignored_count != b->ignored_count ||
        a->count != b->count || !same_list(a->ignored, b->ignored, a->ignored_count))
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!slice_eq(a->resources[i].name, b->resources[i].name) ||
            !slice_eq(a->resources[i].digest, b->resources[i].digest))
            return false;
    return true;
}

/* What an earlier bundle over the same manifest was answered; NULL: none. */
static const struct verify_one *answered(const struct verification *v, const struct verify_one *w)
{
    for (const struct verify_one *e = v->out->each; e < w; e++)
        if (e->has_statement && same_manifest(&e->statement.manifest, &w->statement.manifest))
            return e;
    return NULL;
}

static enum st check_model(struct verification *v, struct verify_one *w, struct slice *ret_why)
{
    const struct verify_one *e = answered(v, w);
    const struct verify_problem *p;
    enum st st = ST_OK;
    if (e)
        w->model = e->model;
    else
        st = verify_model(&w->statement.manifest, v->q->options, v->arena, &w->model, ret_why);
    if (st != ST_OK) return st;
    w->has_statement = true;
    w->holds = w->model.problem_count == 0;
    if (w->holds) return ST_OK;
    p = w->model.problems;
    w->reason = arena_printf(v->arena, "%.*s: %.*s", SLICE_ARG(p->path), SLICE_ARG(p->text));
    if (w->reason.p && w->model.problem_count > 1)
        w->reason = arena_printf(v->arena, "%.*s (and %zu more)", SLICE_ARG(w->reason),
                                 w->model.problem_count - 1);
    return w->reason.p ? ST_OK : ST_NOMEM;
}

/* ---- what was taken back ---- */

static enum st taken_back(struct arena *a, const char *what, const struct revoked_item *it,
                          struct slice *ret_why)
{
    if (!it) return ST_OK;
    *ret_why = arena_printf(a, "%s was revoked%s%.*s", what, it->reason.n ? ": " : "",
                            SLICE_ARG(slice_sub(it->reason, 0, 400)));
    return ret_why->p ? ST_MALFORMED : ST_NOMEM;
}

static enum st check_signer(const struct verification *v, const struct bundle *b,
                            const struct signer *s, struct slice *ret_why)
{
    const struct revoked *r = v->q->trust->revoked;
    return r ? taken_back(v->arena, "its key or certificate", revoked_signer(r, b, s->id), ret_why)
             : ST_OK;
}

static enum st check_root(const struct verification *v, const struct manifest *m,
                          struct slice *ret_why)
{
    const struct revoked *r = v->q->trust->revoked;
    return r ? taken_back(v->arena, "this model", revoked_model(r, m->root), ret_why) : ST_OK;
}

/* ST_OK also when it does not hold; then w->reason says why. */
static enum st check_one(struct verification *v, const struct bundle *b, struct verify_one *w,
                         struct slice *ret_why)
{
    struct slice why = S("");
    enum st st = verify_signer(b, v->q->trust, v->arena, &w->signer, &why);
    w->has_signer = st == ST_OK;
    if (st == ST_OK) st = check_signer(v, b, &w->signer, &why);
    if (st == ST_OK) st = statement_read(b->payload, v->arena, &w->statement, &why);
    if (st == ST_OK) st = check_root(v, &w->statement.manifest, &why);
    if (st == ST_OK) return check_model(v, w, ret_why);
    w->reason = why;
    return st == ST_MALFORMED || st == ST_UNSUPPORTED ? ST_OK : st;
}

static size_t count_signers(const struct verdict *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->count; i++) {
        bool known = !v->each[i].holds;
        for (size_t k = 0; k < i && !known; k++)
            known = v->each[k].holds && slice_eq(v->each[k].signer.id, v->each[i].signer.id);
        n += !known;
    }
    return n;
}

/* The one that people want to read about: a good one if all is good, else one that is not. */
static const struct verify_one *choose(const struct verdict *v)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->each[i].holds == v->verified) return &v->each[i];
    return &v->each[0];
}

static struct slice say(const struct verification *v)
{
    const struct verdict *d = v->out;
    const struct verify_model *m = &d->shown->model;
    size_t need = v->q->threshold;
    unsigned long long files = m->files;
    if (v->q->count == 1 && !d->verified && !d->shown->holds) return d->shown->reason;
    if (v->q->count == 1 && d->verified)
        return arena_printf(v->arena, "the signature holds; %llu of %llu files match", files,
                            files);
    if (d->verified)
        return arena_printf(v->arena, "%zu of %zu signers agree; %llu of %llu files match",
                            d->signers, v->q->count, files, files);
    return arena_printf(v->arena, "%zu of %zu signers agree, %zu must%s%.*s%s%.*s", d->signers,
                        v->q->count, need, d->shown->holds ? "" : "; ",
                        SLICE_ARG(d->shown->holds ? S("") : v->q->names[d->shown - d->each]),
                        d->shown->holds ? "" : ": ",
                        SLICE_ARG(d->shown->holds ? S("") : d->shown->reason));
}

enum st verify_run(const struct verify_request *q, struct arena *arena, struct verdict *ret,
                   struct slice *ret_why)
{
    struct verify_request own = *q;
    struct verdict d = {.count = q->count};
    struct verification v = {&own, arena, &d};
    if (!own.threshold) own.threshold = q->count;
    d.each = ARENA_ARRAY(arena, struct verify_one, q->count);
    if (!d.each) return ST_NOMEM;
    for (size_t i = 0; i < q->count; i++) {
        enum st st = check_one(&v, &q->bundles[i], &d.each[i], ret_why);
        if (st != ST_OK) return st;
    }
    d.signers = count_signers(&d);
    d.verified = d.signers >= own.threshold;
    d.shown = choose(&d);
    d.reason = say(&v);
    if (!d.reason.p) return ST_NOMEM;
    *ret = d;
    return ST_OK;
}
