/* SPDX-License-Identifier: Apache-2.0 */
/* surface_places.h - every place of every surface where a text can stand. A check of the gateway
 * that holds for one of them holds for all: the matrix of test_surface_parity.c, and of whoever
 * tests verdicts.
 *
 * In a template, @ is the text inside a JSON string, # is its Base64. */
#pragma once
#include "base/buf.h"
#include "base/utf8.h"
#include "codec/base64.h"
#include "guard/surface/surface.h"

enum place_kind {
    PLACE_REQUEST,
    PLACE_ANSWER,
    PLACE_EVENT, /* server-sent: the text is all of one event */
    PLACE_GROWS, /* server-sent: pieces of the text come in several such events */
    PLACE_LINES, /* the same, as lines of JSON */
};

struct place {
    const char *surface;
    enum place_kind kind;
    enum part_role role;
    enum part_channel channel;
    const char *template;
};

#define PNG                                                         \
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+" \
    "M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

static const struct place places[] = {
    /* OpenAI chat */
    {"chat", PLACE_REQUEST, PART_SYSTEM, PART_TEXT,
     "{'messages':[{'role':'system','content':'@'}]}"},
    {"chat", PLACE_REQUEST, PART_SYSTEM, PART_TEXT,
     "{'messages':[{'content':'@','role':'developer'}]}"},
    {"chat", PLACE_REQUEST, PART_USER, PART_TEXT, "{'messages':[{'role':'user','content':'@'}]}"},
    {"chat", PLACE_REQUEST, PART_USER, PART_TEXT,
     "{'messages':[{'role':'user','content':[{'type':'text','text':'@'}]}]}"},
    {"chat", PLACE_REQUEST, PART_USER, PART_DATA_URI,
     "{'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:text/"
     "plain;base64,#'}}]}]}"},
    {"chat", PLACE_REQUEST, PART_USER, PART_DATA_URI,
     "{'messages':[{'role':'user','content':[{'type':'file','file':{'file_data':'#'}}]}]}"},
    {"chat", PLACE_REQUEST, PART_USER, PART_DATA_URI,
     "{'messages':[{'role':'user','content':[{'type':'input_audio','input_audio':{'data':'#','"
     "format':'wav'}}]}]}"},
    {"chat", PLACE_REQUEST, PART_USER, PART_OTHER,
     "{'messages':[{'role':'user','content':'','name':'@'}]}"},
    {"chat", PLACE_REQUEST, PART_ASSISTANT, PART_TEXT,
     "{'messages':[{'role':'assistant','content':'@'}]}"},
    {"chat", PLACE_REQUEST, PART_ASSISTANT, PART_TEXT,
     "{'messages':[{'role':'assistant','refusal':'@'}]}"},
    {"chat", PLACE_REQUEST, PART_ASSISTANT, PART_TOOL_CALL,
     "{'messages':[{'role':'assistant','tool_calls':[{'id':'c','function':{'name':'f','arguments':'"
     "@'}}]}]}"},
    {"chat", PLACE_REQUEST, PART_ASSISTANT, PART_TOOL_CALL,
     "{'messages':[{'role':'assistant','function_call':{'name':'f','arguments':'@'}}]}"},
    {"chat", PLACE_REQUEST, PART_TOOL, PART_TOOL_RESULT,
     "{'messages':[{'role':'tool','tool_call_id':'c','content':'@'}]}"},
    {"chat", PLACE_REQUEST, PART_TOOL, PART_TOOL_RESULT,
     "{'messages':[{'content':[{'type':'text','text':'@'}],'role':'tool'}]}"},
    {"chat", PLACE_REQUEST, PART_SYSTEM, PART_TOOL_DEFINITION,
     "{'messages':[],'tools':[{'type':'function','function':{'name':'f','description':'@'}}]}"},
    {"chat", PLACE_REQUEST, PART_SYSTEM, PART_TOOL_DEFINITION,
     "{'messages':[],'tools':[{'function':{'parameters':{'properties':{'@':{'type':'string'}}}}}]"
     "}"},
    {"chat", PLACE_REQUEST, PART_USER, PART_OTHER, "{'messages':[],'metadata':{'k':'@'}}"},
    {"chat", PLACE_REQUEST, PART_USER, PART_OTHER, "{'messages':[],'metadata':{'@':'v'}}"},
    {"chat", PLACE_REQUEST, PART_USER, PART_OTHER, "{'messages':[],'user':'@'}"},
    {"chat", PLACE_REQUEST, PART_USER, PART_OTHER, "{'messages':[],'nobody knows':[[{'x':'@'}]]}"},
    {"chat", PLACE_REQUEST, PART_USER, PART_TEXT,
     "{'messages':[],'prediction':{'type':'content','content':'@'}}"},
    {"chat", PLACE_ANSWER, PART_ASSISTANT, PART_TEXT,
     "{'choices':[{'index':0,'message':{'role':'assistant','content':'@'}}]}"},
    {"chat", PLACE_ANSWER, PART_ASSISTANT, PART_THINKING,
     "{'choices':[{'index':0,'message':{'role':'assistant','reasoning_content':'@'}}]}"},
    {"chat", PLACE_ANSWER, PART_ASSISTANT, PART_TOOL_CALL,
     "{'choices':[{'message':{'tool_calls':[{'function':{'name':'f','arguments':'@'}}]}}]}"},
    {"chat", PLACE_ANSWER, PART_ASSISTANT, PART_TEXT,
     "{'choices':[{'message':{'audio':{'transcript':'@'}}}]}"},
    {"chat", PLACE_ANSWER, PART_ASSISTANT, PART_OTHER, "{'error':{'message':'@'}}"},
    {"chat", PLACE_GROWS, PART_ASSISTANT, PART_TEXT,
     "{'choices':[{'index':0,'delta':{'content':[{'type':'text','text':'@'}]}}]}"},
    {"chat", PLACE_GROWS, PART_ASSISTANT, PART_THINKING,
     "{'choices':[{'index':0,'delta':{'content':[{'type':'thinking','thinking':[{'type':'text',"
     "'text':'@'}]}]}}]}"},
    {"chat", PLACE_GROWS, PART_ASSISTANT, PART_THINKING,
     "{'choices':[{'index':0,'delta':{'thinking_blocks':[{'type':'thinking','thinking':'@'}]}}]}"},
    {"chat", PLACE_GROWS, PART_ASSISTANT, PART_THINKING,
     "{'choices':[{'index':0,'delta':{'reasoning_details':[{'type':'reasoning.text','index':0,"
     "'text':'@'}]}}]}"},
    {"chat", PLACE_GROWS, PART_ASSISTANT, PART_TEXT,
     "{'choices':[{'index':0,'delta':{'content':'@'}}]}"},
    {"chat", PLACE_GROWS, PART_ASSISTANT, PART_TEXT,
     "{'choices':[{'delta':{'refusal':'@'},'index':3}]}"},
    {"chat", PLACE_GROWS, PART_ASSISTANT, PART_THINKING,
     "{'choices':[{'index':0,'delta':{'reasoning':'@'}}]}"},
    {"chat", PLACE_GROWS, PART_ASSISTANT, PART_TOOL_CALL,
     "{'choices':[{'index':0,'delta':{'tool_calls':[{'index':1,'function':{'arguments':'@'}}]}}]}"},
    {"chat", PLACE_GROWS, PART_ASSISTANT, PART_OTHER,
     "{'choices':[{'index':0,'delta':{},'logprobs':{'content':[{'token':'@'}]}}]}"},
    {"chat", PLACE_EVENT, PART_ASSISTANT, PART_TOOL_CALL,
     "{'choices':[{'index':0,'delta':{'tool_calls':[{'index':1,'function':{'name':'@'}}]}}]}"},
    /* OpenAI completions, embeddings */
    {"completions", PLACE_REQUEST, PART_USER, PART_TEXT, "{'prompt':'@'}"},
    {"completions", PLACE_REQUEST, PART_USER, PART_TEXT, "{'prompt':['a','@']}"},
    {"completions", PLACE_ANSWER, PART_ASSISTANT, PART_TEXT,
     "{'choices':[{'index':0,'text':'@'}]}"},
    {"completions", PLACE_GROWS, PART_ASSISTANT, PART_TEXT, "{'choices':[{'index':0,'text':'@'}]}"},
    {"embeddings", PLACE_REQUEST, PART_USER, PART_INPUT, "{'input':'@'}"},
    {"embeddings", PLACE_REQUEST, PART_USER, PART_INPUT, "{'input':['a','@']}"},
    /* OpenAI responses */
    {"responses", PLACE_REQUEST, PART_USER, PART_TEXT, "{'input':'@'}"},
    {"responses", PLACE_REQUEST, PART_SYSTEM, PART_TEXT, "{'input':'','instructions':'@'}"},
    {"responses", PLACE_REQUEST, PART_SYSTEM, PART_TEXT,
     "{'input':[{'role':'developer','content':'@'}]}"},
    {"responses", PLACE_REQUEST, PART_USER, PART_TEXT,
     "{'input':[{'role':'user','content':[{'type':'input_text','text':'@'}]}]}"},
    {"responses", PLACE_REQUEST, PART_USER, PART_DATA_URI,
     "{'input':[{'role':'user','content':[{'type':'input_file','file_data':'data:;base64,#'}]}]}"},
    {"responses", PLACE_REQUEST, PART_ASSISTANT, PART_TOOL_CALL,
     "{'input':[{'type':'function_call','name':'f','arguments':'@'}]}"},
    {"responses", PLACE_REQUEST, PART_ASSISTANT, PART_TOOL_CALL,
     "{'input':[{'type':'local_shell_call','action':{'command':['ls','@']}}]}"},
    {"responses", PLACE_REQUEST, PART_TOOL, PART_TOOL_RESULT,
     "{'input':[{'type':'function_call_output','output':'@'}]}"},
    {"responses", PLACE_REQUEST, PART_TOOL, PART_TOOL_RESULT,
     "{'input':[{'type':'function_call_output','output':[{'type':'input_text','text':'@'}]}]}"},
    {"responses", PLACE_REQUEST, PART_TOOL, PART_TOOL_RESULT,
     "{'input':[{'type':'shell_call_output','output':[{'stdout':'@'}]}]}"},
    {"responses", PLACE_REQUEST, PART_ASSISTANT, PART_THINKING,
     "{'input':[{'type':'reasoning','summary':[{'type':'summary_text','text':'@'}]}]}"},
    {"responses", PLACE_REQUEST, PART_USER, PART_TEXT,
     "{'prompt':{'id':'p','variables':{'v':'@'}}}"},
    {"responses", PLACE_REQUEST, PART_SYSTEM, PART_TOOL_DEFINITION,
     "{'input':'','tools':[{'type':'function','description':'@'}]}"},
    {"responses", PLACE_ANSWER, PART_ASSISTANT, PART_TEXT,
     "{'output':[{'type':'message','role':'assistant','content':[{'type':'output_text','text':'@'}]"
     "}]}"},
    {"responses", PLACE_ANSWER, PART_ASSISTANT, PART_TOOL_CALL,
     "{'output':[{'type':'function_call','arguments':'@'}]}"},
    {"responses", PLACE_GROWS, PART_ASSISTANT, PART_TEXT,
     "{'type':'response.output_text.delta','output_index':0,'content_index':0,'delta':'@'}"},
    {"responses", PLACE_GROWS, PART_ASSISTANT, PART_TOOL_CALL,
     "{'delta':'@','type':'response.function_call_arguments.delta','output_index':1}"},
    {"responses", PLACE_GROWS, PART_ASSISTANT, PART_THINKING,
     "{'type':'response.reasoning_summary_text.delta','output_index':1,'summary_index':0,'delta':'@"
     "'}"},
    {"responses", PLACE_GROWS, PART_ASSISTANT, PART_TEXT,
     "{'type':'response.of_the_future.delta','delta':'@'}"},
    {"responses", PLACE_EVENT, PART_ASSISTANT, PART_TEXT,
     "{'type':'response.output_text.done','output_index':0,'content_index':0,'text':'@'}"},
    {"responses", PLACE_EVENT, PART_ASSISTANT, PART_TEXT,
     "{'type':'response.output_item.done','item':{'role':'assistant','content':[{'type':'output_"
     "text','text':'@'}]}}"},
    {"responses", PLACE_EVENT, PART_ASSISTANT, PART_TEXT,
     "{'type':'response.completed','response':{'output':[{'role':'assistant','content':[{'text':'@'"
     "}]}]}}"},
    /* Anthropic */
    {"messages", PLACE_REQUEST, PART_SYSTEM, PART_TEXT, "{'messages':[],'system':'@'}"},
    {"messages", PLACE_REQUEST, PART_SYSTEM, PART_TEXT,
     "{'messages':[],'system':[{'type':'text','text':'@'}]}"},
    {"messages", PLACE_REQUEST, PART_USER, PART_TEXT,
     "{'messages':[{'role':'user','content':'@'}]}"},
    {"messages", PLACE_REQUEST, PART_USER, PART_TEXT,
     "{'messages':[{'role':'user','content':[{'type':'text','text':'@'}]}]}"},
    {"messages", PLACE_REQUEST, PART_TOOL, PART_TOOL_RESULT,
     "{'messages':[{'role':'user','content':[{'type':'tool_result','tool_use_id':'t','content':'@'}"
     "]}]}"},
    {"messages", PLACE_REQUEST, PART_TOOL, PART_TOOL_RESULT,
     "{'messages':[{'role':'user','content':[{'type':'tool_result','content':[{'type':'text','text'"
     ":'@'}]}]}]}"},
    {"messages", PLACE_REQUEST, PART_ASSISTANT, PART_TOOL_CALL,
     "{'messages':[{'role':'assistant','content':[{'type':'tool_use','name':'f','input':{'q':'@'}}]"
     "}]}"},
    {"messages", PLACE_REQUEST, PART_ASSISTANT, PART_TOOL_CALL,
     "{'messages':[{'role':'assistant','content':[{'type':'tool_use','name':'f','input':{'@':1}}]}]"
     "}"},
    {"messages", PLACE_REQUEST, PART_USER, PART_DOCUMENT,
     "{'messages':[{'role':'user','content':[{'type':'document','source':{'type':'text','data':'@'}"
     "}]}]}"},
    {"messages", PLACE_REQUEST, PART_USER, PART_DOCUMENT,
     "{'messages':[{'role':'user','content':[{'type':'document','source':{'type':'content','"
     "content':'@'}}]}]}"},
    {"messages", PLACE_REQUEST, PART_USER, PART_DATA_URI,
     "{'messages':[{'role':'user','content':[{'type':'document','source':{'data':'#','type':'"
     "base64'}}]}]}"},
    {"messages", PLACE_REQUEST, PART_SYSTEM, PART_TOOL_DEFINITION,
     "{'messages':[],'tools':[{'name':'f','description':'@'}]}"},
    {"messages", PLACE_ANSWER, PART_ASSISTANT, PART_TEXT,
     "{'role':'assistant','content':[{'type':'text','text':'@'}]}"},
    {"messages", PLACE_ANSWER, PART_ASSISTANT, PART_TOOL_CALL,
     "{'content':[{'type':'tool_use','input':{'a':['@']}}]}"},
    {"messages", PLACE_ANSWER, PART_ASSISTANT, PART_THINKING,
     "{'content':[{'type':'thinking','thinking':'@'}]}"},
    {"messages", PLACE_GROWS, PART_ASSISTANT, PART_TEXT,
     "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'@'}}"},
    {"messages", PLACE_GROWS, PART_ASSISTANT, PART_TOOL_CALL,
     "{'delta':{'type':'input_json_delta','partial_json':'@'},'type':'content_block_delta','index':"
     "1}"},
    {"messages", PLACE_GROWS, PART_ASSISTANT, PART_THINKING,
     "{'type':'content_block_delta','index':0,'delta':{'type':'thinking_delta','thinking':'@'}}"},
    {"messages", PLACE_GROWS, PART_ASSISTANT, PART_TEXT,
     "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':'@'}}"},
    /* Ollama */
    {"ollama.chat", PLACE_REQUEST, PART_USER, PART_TEXT,
     "{'model':'m','messages':[{'role':'user','content':'@'}]}"},
    {"ollama.chat", PLACE_REQUEST, PART_USER, PART_DATA_URI,
     "{'model':'m','messages':[{'role':'user','content':'','images':['" PNG "','#']}]}"},
    {"ollama.chat", PLACE_REQUEST, PART_ASSISTANT, PART_TOOL_CALL,
     "{'model':'m','messages':[{'role':'assistant','tool_calls':[{'function':{'arguments':{'a':'@'}"
     "}}]}]}"},
    {"ollama.chat", PLACE_REQUEST, PART_TOOL, PART_TOOL_RESULT,
     "{'model':'m','messages':[{'role':'tool','content':'@'}]}"},
    {"ollama.chat", PLACE_ANSWER, PART_ASSISTANT, PART_TEXT,
     "{'message':{'role':'assistant','content':'@'},'done':true}"},
    {"ollama.chat", PLACE_LINES, PART_ASSISTANT, PART_TEXT,
     "{'message':{'role':'assistant','content':'@'},'done':false}"},
    {"ollama.chat", PLACE_LINES, PART_ASSISTANT, PART_THINKING,
     "{'message':{'thinking':'@'},'done':false}"},
    {"ollama.generate", PLACE_REQUEST, PART_USER, PART_TEXT, "{'model':'m','prompt':'@'}"},
    {"ollama.generate", PLACE_REQUEST, PART_SYSTEM, PART_TEXT, "{'model':'m','system':'@'}"},
    {"ollama.generate", PLACE_ANSWER, PART_ASSISTANT, PART_TEXT, "{'response':'@','done':true}"},
    {"ollama.generate", PLACE_LINES, PART_ASSISTANT, PART_TEXT, "{'response':'@','done':false}"},
    {"ollama.embed", PLACE_REQUEST, PART_USER, PART_INPUT, "{'model':'m','input':['@']}"},
    {"ollama.embeddings", PLACE_REQUEST, PART_USER, PART_INPUT, "{'model':'m','prompt':'@'}"},
    /* classical models */
    {"oip", PLACE_REQUEST, PART_USER, PART_INPUT,
     "{'inputs':[{'name':'a','datatype':'BYTES','shape':[1],'data':['@']}]}"},
    {"oip", PLACE_REQUEST, PART_USER, PART_INPUT, "{'inputs':[{'data':[['@']]}]}"},
    {"oip", PLACE_ANSWER, PART_ASSISTANT, PART_TEXT,
     "{'outputs':[{'name':'o','datatype':'BYTES','data':['@']}]}"},
    {"oip.stream", PLACE_REQUEST, PART_USER, PART_TEXT, "{'text_input':'@'}"},
    {"oip.stream", PLACE_GROWS, PART_ASSISTANT, PART_TEXT, "{'text_output':'@'}"},
    {"tfserving", PLACE_REQUEST, PART_USER, PART_INPUT, "{'instances':['@']}"},
    {"tfserving", PLACE_REQUEST, PART_USER, PART_INPUT, "{'instances':[{'@':1}]}"},
    {"tfserving", PLACE_REQUEST, PART_USER, PART_DATA_URI, "{'instances':[{'f':{'b64':'#'}}]}"},
    {"tfserving", PLACE_REQUEST, PART_USER, PART_DATA_URI, "{'inputs':{'b64':'#'}}"},
    {"tfserving", PLACE_ANSWER, PART_ASSISTANT, PART_TEXT, "{'predictions':[{'label':'@'}]}"},
    {"mlflow", PLACE_REQUEST, PART_USER, PART_INPUT,
     "{'dataframe_split':{'columns':['a'],'data':[['@']]}}"},
    {"mlflow", PLACE_REQUEST, PART_USER, PART_INPUT,
     "{'dataframe_split':{'columns':['@'],'data':[[1]]}}"},
    {"mlflow", PLACE_REQUEST, PART_USER, PART_INPUT, "{'dataframe_records':[{'a':'@'}]}"},
    {"mlflow", PLACE_REQUEST, PART_USER, PART_INPUT, "{'dataframe_records':[{'@':'a'}]}"},
    {"mlflow", PLACE_REQUEST, PART_USER, PART_INPUT, "{'instances':['@']}"},
    {"mlflow", PLACE_REQUEST, PART_USER, PART_INPUT, "{'inputs':{'a':['@']}}"},
    {"mlflow", PLACE_REQUEST, PART_SYSTEM, PART_TEXT,
     "{'messages':[{'role':'system','content':'@'}]}"},
    {"mlflow", PLACE_ANSWER, PART_ASSISTANT, PART_TEXT, "{'predictions':['@']}"},
    /* MCP */
    {"mcp", PLACE_REQUEST, PART_ASSISTANT, PART_TOOL_CALL,
     "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'f','arguments':{'a':'@'}}}"},
    {"mcp", PLACE_REQUEST, PART_ASSISTANT, PART_TOOL_CALL,
     "[{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'arguments':{'@':0}}}]"},
    {"mcp", PLACE_REQUEST, PART_ASSISTANT, PART_TEXT,
     "{'jsonrpc':'2.0','id':1,'result':{'role':'assistant','content':{'type':'text','text':'@'}}}"},
    {"mcp", PLACE_ANSWER, PART_TOOL, PART_TOOL_RESULT,
     "{'jsonrpc':'2.0','id':1,'result':{'content':[{'type':'text','text':'@'}]}}"},
    {"mcp", PLACE_ANSWER, PART_TOOL, PART_TOOL_RESULT,
     "{'jsonrpc':'2.0','id':1,'result':{'structuredContent':{'a':'@'},'content':[]}}"},
    {"mcp", PLACE_ANSWER, PART_TOOL, PART_DOCUMENT,
     "{'jsonrpc':'2.0','id':1,'result':{'contents':[{'uri':'u','text':'@'}]}}"},
    {"mcp", PLACE_ANSWER, PART_TOOL, PART_DATA_URI,
     "{'jsonrpc':'2.0','id':1,'result':{'contents':[{'uri':'u','blob':'#'}]}}"},
    {"mcp", PLACE_ANSWER, PART_TOOL, PART_TOOL_DEFINITION,
     "{'jsonrpc':'2.0','id':1,'result':{'tools':[{'name':'f','description':'@'}]}}"},
    {"mcp", PLACE_ANSWER, PART_USER, PART_TEXT,
     "{'jsonrpc':'2.0','id':1,'result':{'messages':[{'role':'user','content':{'type':'text','text':"
     "'@'}}]}}"},
    {"mcp", PLACE_EVENT, PART_TOOL, PART_TOOL_RESULT,
     "{'jsonrpc':'2.0','id':1,'result':{'content':[{'text':'@'}]}}"},
    {"mcp", PLACE_EVENT, PART_USER, PART_TEXT,
     "{'jsonrpc':'2.0','id':1,'method':'sampling/"
     "createMessage','params':{'messages':[{'role':'user','content':{'text':'@'}}]}}"},
    {"mcp", PLACE_EVENT, PART_ASSISTANT, PART_TEXT,
     "{'jsonrpc':'2.0','id':1,'method':'elicitation/create','params':{'message':'@'}}"},
    {"mcp", PLACE_EVENT, PART_TOOL, PART_TOOL_RESULT,
     "{'jsonrpc':'2.0','id':1,'error':{'code':1,'message':'@'}}"},
};

/* How the text is written in JSON: plainly, or every character as an escape. */
static inline void place_write_text(struct slice text, bool escapes, struct buf *out)
{
    if (!escapes) {
        esc_json(out, text);
        return;
    }
    for (size_t at = 0; at < text.n;) {
        uint32_t code = 0;
        at += utf8_next(text, at, &code);
        if (code > 0xffff)
            buf_printf(out, "\\u%04x\\u%04x", 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
        else
            buf_printf(out, "\\u%04X", code);
    }
}

/* The template with the text in its place, as JSON; for events, with their framing. */
static inline void place_write(const struct place *p, struct slice text, bool escapes,
                               struct buf *out)
{
    if (p->kind == PLACE_EVENT || p->kind == PLACE_GROWS) buf_str(out, "data: ");
    for (const char *t = p->template; *t; t++) {
        if (*t == '@')
            place_write_text(text, escapes, out);
        else if (*t == '#')
            base64_write(text, out);
        else
            buf_byte(out, *t == '\'' ? '"' : (uint8_t)*t);
    }
    if (p->kind == PLACE_EVENT || p->kind == PLACE_GROWS) buf_str(out, "\n\n");
    if (p->kind == PLACE_LINES) buf_byte(out, '\n');
}

static inline enum surface_result place_read(const struct place *p, struct slice body,
                                             struct arena *arena, struct surface_doc *doc)
{
    const struct surface *s = surface_named(slice_str(p->surface));
    struct surface_head head = {0};
    switch (p->kind) {
    case PLACE_REQUEST: return surface_request(s, body, &head, arena, doc);
    case PLACE_ANSWER: return surface_answer(s, body, &head, arena, doc);
    case PLACE_LINES: return surface_event(s, body, FRAMING_LINES, arena, doc);
    default: return surface_event(s, body, FRAMING_SSE, arena, doc);
    }
}
