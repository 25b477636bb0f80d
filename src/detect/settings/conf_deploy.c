/* SPDX-License-Identifier: Apache-2.0 */
/* conf_deploy.c - compose and Kubernetes: which ports are open for whom, and what stands behind. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/settings/conf.h"

/* What answers on which port, and which words say that it asks for a key. */
static const struct server {
    const char *images, *ports, *rule;
    const char *auth; /* in its environment or command */
    const char *message;
} servers[] = {
    {"*ollama/ollama*|ollama*", "11434", "code.inference-open", "*nothing*",
     "Whoever reaches the port uses, replaces and deletes models: Ollama has no login"},
    {"*vllm/vllm-openai*|*vllm-openai*|*vllm*", "8000", "code.inference-open",
     "*api-key*|*api_key*", "Whoever reaches the port uses the model: no key is asked for"},
    {"*text-generation-inference*|*text-embeddings-inference*", "80|3000|8080",
     "code.inference-open", "*api-key*|*api_key*",
     "Whoever reaches the port uses the model: no key is asked for"},
    {"*llama.cpp*|*llama-cpp*|*llamacpp*", "8080|8000", "code.inference-open",
     "*api-key*|*api_key*", "Whoever reaches the port uses the model: no key is asked for"},
    {"*tritonserver*", "8000|8001|8002", "code.inference-open", "*http-restricted*",
     "Whoever reaches the port uses the models, and may load others: there is no login"},
    {"*torchserve*", "8081|7071", "code.inference-open", "*nothing*",
     "Whoever reaches the port registers models of their own"},
    {"*rayproject/ray*|*ray-ml*", "8265|10001|6379", "code.ray-open",
     "*ray_auth_mode*|*redis-password*",
     "Whoever reaches the port starts jobs on the cluster: there is no login unless RAY_AUTH_MODE "
     "says so"},
    {"*mlflow*", "5000", "code.mlflow-open", "*basic-auth*|*app-name*",
     "Whoever reaches the port reads, replaces and deletes models: there is no login"},
    {"*chromadb/chroma*|chroma*", "8000", "code.vector-store-open", "*auth*",
     "Whoever reaches the port reads and changes what the model will be told"},
    {"*qdrant/qdrant*", "6333|6334", "code.vector-store-open", "*api_key*|*apikey*",
     "Whoever reaches the port reads and changes what the model will be told"},
    {"*semitechnologies/weaviate*|*weaviate*", "8080", "code.vector-store-open",
     "*apikey_enabled*|*oidc*",
     "Whoever reaches the port reads and changes what the model will be told"},
    {"*milvusdb/milvus*", "19530", "code.vector-store-open", "*authorization*",
     "Whoever reaches the port reads and changes what the model will be told"},
};

static bool port_fits(const char *ports, struct slice port)
{
    size_t slash = slice_find_byte(port, '/');
    return conf_fits(slice_str(ports), slice_sub(port, 0, slash));
}

/* "8000:8000", "0.0.0.0:8000:8000", "8000-8002:8000-8002"; *ret: the port in the container. */
static bool published(struct slice text, struct slice *ret)
{
    size_t last = slice_rfind_byte(text, ':');
    if (last == SIZE_MAX) return false; /* a port of the host that nobody knows */
    *ret = slice_sub(text, last + 1, text.n);
    struct slice host = slice_sub(text, 0, last);
    size_t colon = slice_rfind_byte(host, ':');
    if (colon == SIZE_MAX) return !slice_starts(host, S("127."));
    struct slice address = slice_sub(host, 0, colon);
    if (slice_find_byte(address, '$') != SIZE_MAX) /* ${X:-127.0.0.1}:... */
        return !slice_has(address, S("127.")) && slice_has(address, S("0.0.0.0"));
    return conf_all_hosts(address);
}

static bool speaks(const struct conf_doc *d, uint32_t map, const char *words)
{
    for (uint32_t i = map + 1; i < conf_at(d, map)->end; i++) {
        const struct code_setting *x = conf_at(d, i);
        if (x->key.n && conf_fits(slice_str(words), x->key)) return true;
        if (x->value.n && conf_fits(slice_str(words), x->value)) return true;
    }
    return false;
}

static const struct server *server_of(struct slice image)
{
    for (size_t i = 0; i < COUNT_OF(servers); i++)
        if (conf_fits(slice_str(servers[i].images), image)) return &servers[i];
    return NULL;
}

static void say(const struct conf_doc *d, const struct server *s, uint32_t at, struct slice port)
{
    conf_say(d->j, d->r, s->rule, CONF_RULE_SEVERITY, conf_place_of(conf_at(d, at)),
             slice_str(s->message), port);
}

/* ports: {target, published, host_ip} */
static bool long_form(const struct conf_doc *d, uint32_t map, struct slice *ret)
{
    uint32_t target = conf_child(d, map, "target"), host = conf_child(d, map, "host_ip");
    if (target == CONF_NONE || conf_child(d, map, "published") == CONF_NONE) return false;
    *ret = conf_value(d, target);
    return host == CONF_NONE || conf_all_hosts(conf_value(d, host));
}

static void judge_service(const struct conf_doc *d, uint32_t service)
{
    const struct server *s = server_of(conf_value(d, conf_child(d, service, "image")));
    uint32_t ports = conf_child(d, service, "ports");
    if (!s || ports == CONF_NONE || speaks(d, service, s->auth)) return;
    for (uint32_t i = ports + 1; i < conf_at(d, ports)->end; i = conf_at(d, i)->end) {
        const struct code_setting *x = conf_at(d, i);
        struct slice port = S("");
        bool open = x->kind == SET_MAP ? long_form(d, i, &port) : published(x->value, &port);
        struct slice first = slice_sub(port, 0, slice_find_byte(port, '-')); /* 8000-8002 */
        if (!open || !port_fits(s->ports, first)) continue;
        say(d, s, i, x->kind == SET_MAP ? port : x->value);
        return;
    }
}

void conf_compose(const struct conf_doc *d)
{
    uint32_t services = conf_child(d, CONF_NONE, "services");
    if (services == CONF_NONE) return;
    for (uint32_t i = services + 1; i < conf_at(d, services)->end; i = conf_at(d, i)->end)
        if (conf_at(d, i)->kind == SET_MAP) judge_service(d, i);
}

/* ---- Kubernetes ---- */

/* A service of the cluster that answers to the outside: which server it stands for says its name.
 */
static void judge_k8s_service(const struct conf_doc *d)
{
    uint32_t type = conf_find(d, CONF_NONE, "spec.type"),
             ports = conf_find(d, CONF_NONE, "spec.ports");
    struct slice name = conf_value(d, conf_find(d, CONF_NONE, "metadata.name"));
    if (type == CONF_NONE || ports == CONF_NONE) return;
    if (!conf_fits(S("LoadBalancer|NodePort"), conf_value(d, type))) return;
    if (speaks(d, d->root - 1, "*internal*|*auth*|*oauth*") ||
        conf_find(d, CONF_NONE, "spec.loadBalancerSourceRanges") != CONF_NONE)
        return;
    for (uint32_t i = ports + 1; i < conf_at(d, ports)->end; i = conf_at(d, i)->end) {
        uint32_t port = conf_child(d, i, "targetPort");
        if (port == CONF_NONE || !ascii_digit(conf_value(d, port).n ? conf_value(d, port).p[0] : 0))
            port = conf_child(d, i, "port");
        struct slice number = conf_value(d, port);
        const struct server *s = server_of(name);
        if (slice_eq(number, S("11434"))) s = &servers[0];
        if (slice_eq(number, S("8265")) || slice_eq(number, S("10001")))
            s = server_of(S("rayproject/ray"));
        if (!s || !port_fits(s->ports, number)) continue;
        say(d, s, port, number);
        return;
    }
}

void conf_k8s(const struct conf_doc *d)
{
    if (conf_fits(S("Service"), conf_value(d, conf_child(d, CONF_NONE, "kind"))))
        judge_k8s_service(d);
}
