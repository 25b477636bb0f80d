/* SPDX-License-Identifier: Apache-2.0 */
/* surface_block.c - refusals, each in its protocol's words. MCP answers a request with an error of
 * JSON-RPC (2025-11-25, "Transports"); a message that wants no answer gets a status alone. */
#include "guard/surface/surface_write.h"
#include "codec/jot.h"
#include "guard/surface/surface_verdict.h"

#define HTTP_OK        200u
#define HTTP_FORBIDDEN 403u

static void openai(struct jot *j, const struct surface_verdict *v)
{
    jot_open(j, '{');
    jot_key_open(j, "error", '{');
    jot_pair(j, "message", v->message);
    jot_pair_str(j, "type", "merlon_blocked");
    jot_pair(j, "code", v->rule);
    jot_close(j, '}');
    jot_close(j, '}');
}

static void anthropic(struct jot *j, const struct surface_verdict *v)
{
    jot_open(j, '{');
    jot_pair_str(j, "type", "error");
    jot_key_open(j, "error", '{');
    jot_pair_str(j, "type", "merlon_blocked");
    jot_pair(j, "message", v->message);
    jot_pair(j, "code", v->rule);
    jot_close(j, '}');
    jot_close(j, '}');
}

void verdict_error(struct jot *j, const struct surface_verdict *v)
{
    jot_open(j, '{');
    jot_pair(j, "error", v->message);
    jot_pair(j, "code", v->rule);
    jot_close(j, '}');
}

static void mlflow(struct jot *j, const struct surface_verdict *v)
{
    jot_open(j, '{');
    jot_pair_str(j, "error_code", "PERMISSION_DENIED");
    jot_pair(j, "message", v->message);
    jot_pair(j, "code", v->rule);
    jot_close(j, '}');
}

static void rpc_error(struct jot *j, struct slice id, const struct surface_verdict *v)
{
    jot_open(j, '{');
    jot_pair_str(j, "jsonrpc", "2.0");
    if (id.p) {
        jot_key(j, "id");
        jot_raw(j, id);
    }
    jot_key_open(j, "error", '{');
    jot_key(j, "code");
    jot_raw(j, S("-32010")); /* of those that JSON-RPC leaves to servers */
    jot_pair(j, "message", v->message);
    jot_key_open(j, "data", '{');
    jot_pair_str(j, "type", "merlon_blocked");
    jot_pair(j, "code", v->rule);
    jot_close(j, '}');
    jot_close(j, '}');
    jot_close(j, '}');
}

void verdict_rpc(struct jot *j, const struct surface_doc *request, const struct surface_verdict *v)
{
    size_t count = request ? request->id_count : 0;
    bool list = count && request->batch;
    if (list) jot_open(j, '[');
    for (size_t i = 0; i < (list ? count : 1); i++)
        rpc_error(j, count ? request->ids[i] : (struct slice){0}, v);
    if (list) jot_close(j, ']');
}

unsigned surface_block(const struct surface *s, const struct surface_doc *request,
                       const struct surface_verdict *verdict, struct buf *out)
{
    struct jot j;
    jot_init(&j, out, 0);
    switch (s ? s->family : FAMILY_OPENAI) {
    case FAMILY_ANTHROPIC: anthropic(&j, verdict); break;
    case FAMILY_OLLAMA:
    case FAMILY_OIP:
    case FAMILY_TFSERVING: verdict_error(&j, verdict); break;
    case FAMILY_MLFLOW: mlflow(&j, verdict); break;
    case FAMILY_MCP:
        verdict_rpc(&j, request, verdict);
        return request && request->id_count ? HTTP_OK : HTTP_FORBIDDEN;
    default: openai(&j, verdict); break;
    }
    return HTTP_FORBIDDEN;
}
