"""Loops with an end."""
import queue

from openai import OpenAI

client = OpenAI(timeout=20)
MAX_STEPS = 8


def work(messages, tools, run_tool):
    for _ in range(MAX_STEPS):
        reply = client.chat.completions.create(model="gpt-4o", messages=messages, tools=tools, max_tokens=300)
        message = reply.choices[0].message
        if not message.tool_calls:
            return message.content
        messages.append(message)
        for call in message.tool_calls:
            messages.append({"role": "tool", "tool_call_id": call.id, "content": run_tool(call)})
    raise RuntimeError("too many steps")


def counted(messages, tools, run_tool):
    steps = 0
    while True:
        steps += 1
        if steps > MAX_STEPS:
            raise RuntimeError("too many steps")
        reply = client.chat.completions.create(model="gpt-4o", messages=messages, tools=tools, max_tokens=300)
        if not reply.choices[0].message.tool_calls:
            return reply.choices[0].message.content
        for call in reply.choices[0].message.tool_calls:
            messages.append(run_tool(call))


def consume(jobs: queue.Queue, handle):
    while True:
        job = jobs.get()
        if job is None:
            break
        handle(job)


def walk(graph, state):
    return graph.invoke(state, {"recursion_limit": 25})
