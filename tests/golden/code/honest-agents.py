"""Agents with blunt tools."""
from autogen import UserProxyAgent
from autogen.coding import DockerCommandLineCodeExecutor
from langchain.agents import AgentExecutor
from langchain_community.vectorstores import FAISS
from langchain_core.tools import tool
from smolagents import CodeAgent, InferenceClientModel, ToolCallingAgent

ALLOW_DANGEROUS = False


@tool
def weather(city: str) -> str:
    """The weather of a city."""
    return {"Bonn": "rain"}.get(city, "unknown")


def index(docs, embeddings):
    return FAISS.from_documents(docs, embeddings)


def load(folder, embeddings):
    return FAISS.load_local(folder, embeddings, allow_dangerous_deserialization=ALLOW_DANGEROUS)


def executor(agent):
    return AgentExecutor(agent=agent, tools=[weather], max_iterations=8)


proxy = UserProxyAgent(
    "user_proxy",
    human_input_mode="ALWAYS",
    code_execution_config={"executor": DockerCommandLineCodeExecutor(image="python:3.12-slim")},
)
agent = CodeAgent(tools=[weather], model=InferenceClientModel(), executor_type="e2b")
caller = ToolCallingAgent(tools=[weather], model=InferenceClientModel(), max_steps=6)
