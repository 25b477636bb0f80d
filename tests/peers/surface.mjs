// SPDX-License-Identifier: Apache-2.0
// surface.mjs MODULES SURFACE_SAY: real clients against a server that plays what the gateway itself says: refusals, and the
// ends of streams that were cut. The clients must end as they end by themselves: with an error of their own kind that
// names the rule, or with a reason to finish.
import {createRequire} from "node:module";
import {createServer} from "node:http";
import {spawnSync} from "node:child_process";
import {join} from "node:path";
import assert from "node:assert/strict";

const [modules, say] = process.argv.slice(2);
const require = createRequire(join(modules, "x.js"));
const OpenAI = require("openai");
const Anthropic = require("@anthropic-ai/sdk");
const {Ollama} = require("ollama");
const {Client} = require("@modelcontextprotocol/sdk/client/index.js");
const {StreamableHTTPClientTransport} = require("@modelcontextprotocol/sdk/client/streamableHttp.js");

const RULE = "pii.iban";

function gateway(input, ...args) {
  const run = spawnSync(say, args, {input, encoding: "utf8"});
  assert.equal(run.status, 0, `surface_say ${args.join(" ")}: ${run.stderr}`);
  return run.stdout;
}

const json = (o) => JSON.stringify(o);
const sse = (...events) => events.map((e) => (e.type ? `event: ${e.type}\n` : "") + `data: ${json(e)}\n\n`).join("");
const lines = (...events) => events.map((e) => json(e) + "\n").join("");

// What the next request is answered with: {block: SURFACE} or {close: SURFACE, framing, sent}.
let next;

function answer(request, body, response) {
  if (next.block) {
    const [, status, text] = gateway(body, "block", next.block).match(/^(\d+)\n(.*)$/s);
    response.writeHead(Number(status), {"content-type": "application/json"});
    response.end(text);
    return;
  }
  const type = next.framing === "sse" ? "text/event-stream" : "application/x-ndjson";
  response.writeHead(200, {"content-type": type});
  response.write(next.sent);
  const more = next.close === "mcp" ? [body] : [];
  response.end(gateway(next.sent, "close", next.close, next.framing, ...more));
}

// An MCP server that can shake hands, and otherwise says what `next` wants.
function mcp(request, body, response) {
  const message = body ? JSON.parse(body) : {};
  if (request.method !== "POST") return response.writeHead(405).end();
  if (message.method === "initialize") {
    response.writeHead(200, {"content-type": "application/json"});
    response.end(json({jsonrpc: "2.0", id: message.id, result: {protocolVersion: message.params.protocolVersion,
      capabilities: {tools: {}}, serverInfo: {name: "double", version: "1"}}}));
  } else if (message.id === undefined) response.writeHead(202).end();
  else answer(request, body, response);
}

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (d) => (body += d));
  request.on("end", () => (request.url.endsWith("/mcp") ? mcp : answer)(request, body, response));
});

const tests = [];
const test = (name, f) => tests.push([name, f]);

async function refused(promise, check) {
  const error = await promise.then(() => null, (e) => e);
  assert.ok(error, "the client saw no error");
  check(error);
}

async function all(stream) {
  const out = [];
  for await (const e of stream) out.push(e);
  return out;
}

// --- OpenAI

const openai = (url) => new OpenAI({apiKey: "k", baseURL: url + "/v1", maxRetries: 0});
const asked = {model: "m", messages: [{role: "user", content: "Hi"}]};
const is403 = (kind) => (e) => {
  assert.ok(e instanceof kind.PermissionDeniedError, `${e.constructor.name}: ${e.message}`);
  assert.equal(e.status, 403);
  assert.match(e.message, /Blocked by policy/);
};
const openaiError = (e) => {
  is403(OpenAI)(e);
  assert.equal(e.code, RULE);
  assert.equal(e.type, "merlon_blocked");
};

test("openai: chat refused", async (url) => {
  next = {block: "chat"};
  await refused(openai(url).chat.completions.create(asked), openaiError);
  await refused(openai(url).chat.completions.create({...asked, stream: true}), openaiError);
});
test("openai: the others refused", async (url) => {
  next = {block: "responses"};
  await refused(openai(url).responses.create({model: "m", input: "Hi"}), openaiError);
  next = {block: "embeddings"};
  await refused(openai(url).embeddings.create({model: "m", input: "Hi"}), openaiError);
  next = {block: "completions"};
  await refused(openai(url).completions.create({model: "m", prompt: "Hi"}), openaiError);
});

const chunk = (index, delta) => ({id: "c1", object: "chat.completion.chunk", created: 17, model: "m",
  choices: [{index, delta, finish_reason: null}]});
const text = sse(chunk(0, {role: "assistant", content: ""}), chunk(0, {content: "Hel"}), chunk(0, {content: "lo"}));

test("openai: chat stream cut", async (url) => {
  next = {close: "chat", framing: "sse", sent: text};
  const chunks = await all(await openai(url).chat.completions.create({...asked, stream: true}));
  assert.equal(chunks.at(-1).choices[0].finish_reason, "content_filter");
  assert.equal(chunks.map((c) => c.choices[0].delta.content ?? "").join(""), "Hello");
  assert.equal(chunks.at(-1).id, "c1");
});
test("openai: chat stream cut before anything was sent", async (url) => {
  next = {close: "chat", framing: "sse", sent: ""};
  const chunks = await all(await openai(url).chat.completions.create({...asked, stream: true}));
  assert.equal(chunks.at(-1).choices[0].finish_reason, "content_filter");
});
test("openai: two choices and a tool call cut, by the helper", async (url) => {
  const call = chunk(1, {role: "assistant", tool_calls: [{index: 0, id: "t", type: "function", function: {name: "f", arguments: '{"a'}}]});
  next = {close: "chat", framing: "sse", sent: text + sse(call)};
  const stream = openai(url).chat.completions.stream({...asked, n: 2});
  const done = await stream.finalChatCompletion();
  assert.deepEqual(done.choices.map((c) => c.finish_reason), ["content_filter", "content_filter"]);
  assert.equal(done.choices[0].message.content, "Hello");
});
test("openai: completions stream cut", async (url) => {
  next = {close: "completions", framing: "sse", sent: sse({id: "c", object: "text_completion", created: 1, model: "m",
    choices: [{index: 0, text: "Hi", logprobs: null, finish_reason: null}]})};
  const chunks = await all(await openai(url).completions.create({model: "m", prompt: "Hi", stream: true}));
  assert.equal(chunks.at(-1).choices[0].finish_reason, "content_filter");
});

const response = (status) => ({id: "resp_1", object: "response", created_at: 17, status, model: "m", output: [], tools: [], error: null});
const begun = sse(
  {type: "response.created", sequence_number: 0, response: response("in_progress")},
  {type: "response.output_item.added", sequence_number: 1, output_index: 0, item: {id: "m1", type: "message", role: "assistant", status: "in_progress", content: []}},
  {type: "response.content_part.added", sequence_number: 2, item_id: "m1", output_index: 0, content_index: 0, part: {type: "output_text", text: "", annotations: []}},
  {type: "response.output_text.delta", sequence_number: 3, item_id: "m1", output_index: 0, content_index: 0, delta: "Hel"});

for (const [name, sent, sequence] of [["cut", begun, 4], ["cut before anything was sent", "", 1]]) {
  test(`openai: responses stream ${name}`, async (url) => {
    next = {close: "responses", framing: "sse", sent};
    const events = await all(await openai(url).responses.create({model: "m", input: "Hi", stream: true}));
    assert.equal(events.at(-1).type, "response.incomplete");
    assert.equal(events.at(-1).sequence_number, sequence);
    const done = await openai(url).responses.stream({model: "m", input: "Hi"}).finalResponse();
    assert.equal(done.status, "incomplete");
    assert.equal(done.incomplete_details.reason, "content_filter");
  });
}

// --- Anthropic

const anthropic = (url) => new Anthropic({apiKey: "k", baseURL: url, maxRetries: 0});
const message = {model: "m", max_tokens: 9, messages: [{role: "user", content: "Hi"}]};
const start = {type: "message_start", message: {id: "msg_1", type: "message", role: "assistant", model: "m", content: [],
  stop_reason: null, stop_sequence: null, usage: {input_tokens: 1, output_tokens: 1}}};

test("anthropic: messages refused", async (url) => {
  next = {block: "messages"};
  const check = (e) => (is403(Anthropic)(e), assert.equal(e.error.error.code, RULE));
  await refused(anthropic(url).messages.create(message), check);
  await refused(anthropic(url).messages.stream(message).finalMessage(), check);
});
const blocks = {
  "a text": [{type: "content_block_start", index: 0, content_block: {type: "text", text: ""}},
    {type: "content_block_delta", index: 0, delta: {type: "text_delta", text: "Hel"}}],
  "a tool call": [{type: "content_block_start", index: 0, content_block: {type: "tool_use", id: "t", name: "f", input: {}}},
    {type: "content_block_delta", index: 0, delta: {type: "input_json_delta", partial_json: '{"city": "Pa'}}],
  "between blocks": [{type: "content_block_start", index: 0, content_block: {type: "text", text: ""}},
    {type: "content_block_stop", index: 0}],
};
for (const [name, sent] of Object.entries(blocks))
  test(`anthropic: messages stream cut in ${name}`, async (url) => {
    next = {close: "messages", framing: "sse", sent: sse(start, ...sent)};
    const done = await anthropic(url).messages.stream(message).finalMessage();
    assert.equal(done.stop_reason, "refusal");
    assert.equal(done.content.length, 1);
    const events = await all(await anthropic(url).messages.create({...message, stream: true}));
    assert.equal(events.at(-1).type, "message_stop");
    assert.equal(events.filter((e) => e.type === "content_block_stop").length, 1);
  });
test("anthropic: messages stream cut before anything was sent", async (url) => {
  next = {close: "messages", framing: "sse", sent: ""};
  const done = await anthropic(url).messages.stream(message).finalMessage();
  assert.equal(done.stop_reason, "refusal");
  assert.deepEqual(done.content, []);
});

// --- Ollama

const ollama = (url) => new Ollama({host: url});
const ollamaError = (e) => {
  assert.equal(e.name, "ResponseError");
  assert.equal(e.status_code, 403);
  assert.match(e.message, /Blocked by policy/);
};

test("ollama: refused", async (url) => {
  next = {block: "ollama.chat"};
  await refused(ollama(url).chat(asked), ollamaError);
  await refused(ollama(url).chat({...asked, stream: true}), ollamaError);
  next = {block: "ollama.embed"};
  await refused(ollama(url).embed({model: "m", input: "Hi"}), ollamaError);
});
test("ollama: streams cut", async (url) => {
  next = {close: "ollama.chat", framing: "lines", sent: lines({model: "m", created_at: "2026-11-30T12:00:00Z",
    message: {role: "assistant", content: "Hel"}, done: false})};
  const chat = await all(await ollama(url).chat({...asked, stream: true}));
  assert.equal(chat.at(-1).done, true);
  assert.equal(chat.at(-1).done_reason, "content_filter");
  assert.equal(new Date(chat.at(-1).created_at).getUTCFullYear(), 2026);
  next = {close: "ollama.generate", framing: "lines", sent: ""};
  const generate = await all(await ollama(url).generate({model: "m", prompt: "Hi", stream: true}));
  assert.equal(generate.at(-1).done_reason, "content_filter");
});

// --- MCP

async function withMcp(url, f) {
  const client = new Client({name: "test", version: "1"});
  await client.connect(new StreamableHTTPClientTransport(new URL(url + "/mcp")));
  await f(client);
  await client.close();
}
const mcpError = (e) => {
  assert.equal(e.code, -32010, e.message);
  assert.match(e.message, /Blocked by policy/);
  assert.equal(e.data.code, RULE);
};

test("mcp: a call refused", (url) => withMcp(url, async (client) => {
  next = {block: "mcp"};
  await refused(client.callTool({name: "f", arguments: {a: "b"}}), mcpError);
  await refused(client.listTools(), mcpError);
}));
test("mcp: the stream of a call cut", (url) => withMcp(url, async (client) => {
  const progress = {jsonrpc: "2.0", method: "notifications/message", params: {level: "info", data: "half way"}};
  next = {close: "mcp", framing: "sse", sent: sse(progress)};
  await refused(client.callTool({name: "f", arguments: {}}), mcpError);
}));

server.listen(0, "127.0.0.1", async () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  let failed = 0;
  for (const [name, f] of tests) {
    try {
      await Promise.race([f(url), new Promise((_, no) => setTimeout(() => no(new Error("no end")), 20000).unref())]);
    } catch (e) {
      failed++;
      console.log(`${name}: ${e.stack}`);
    }
  }
  console.log(`${tests.length - failed} of ${tests.length} passed with real clients`);
  process.exit(failed ? 1 : 0);
});
