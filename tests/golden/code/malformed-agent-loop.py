"""A loop around tool calls, and a graph that may go on for ever."""
from openai import OpenAI

client = OpenAI(timeout=20)


def work(messages, tools, run_tool):
    while True:  # expect: code.agent-no-step-limit
        reply = client.chat.completions.create(model="gpt-4o", messages=messages, tools=tools, max_tokens=300)
        message = reply.choices[0].message
        if not message.tool_calls:
            return message.content
        messages.append(message)
        for call in message.tool_calls:
            messages.append({"role": "tool", "tool_call_id": call.id, "content": run_tool(call)})


def walk(graph, state):
    return graph.invoke(state, {"recursion_limit": 1000})  # expect: code.agent-no-step-limit
