"""Agents with sharp tools."""
from autogen import UserProxyAgent
from interpreter import interpreter
from langchain.agents import AgentExecutor, initialize_agent
from langchain_community.tools import ShellTool
from langchain_community.utilities.requests import TextRequestsWrapper
from langchain_community.agent_toolkits.openapi import planner
from langchain_community.vectorstores import FAISS
from langchain_experimental.agents import create_csv_agent, create_pandas_dataframe_agent
from langchain_experimental.tools import PythonREPLTool
from langchain_experimental.utilities import PythonREPL as Repl
from smolagents import CodeAgent, InferenceClientModel

OPTIONS = {"allow_dangerous_deserialization": True}


def index(folder, embeddings):
    return FAISS.load_local(folder, embeddings, **OPTIONS)  # expect: code.langchain-dangerous


def frame_agent(llm, df):
    return create_pandas_dataframe_agent(  # expect: code.agent-code-tool
        llm,
        df,
        allow_dangerous_code=True,  # expect: code.langchain-dangerous
    )


def csv_agent(llm):
    return create_csv_agent(llm, "sales.csv", allow_dangerous_code=True)  # expect: code.agent-code-tool code.langchain-dangerous


def api_agent(spec, llm):
    wrapper = TextRequestsWrapper(headers={})
    return planner.create_openapi_agent(spec, wrapper, llm, allow_dangerous_requests=True)  # expect: code.langchain-dangerous


def tools():
    repl = Repl()  # expect: code.agent-code-tool
    return [PythonREPLTool(), repl.run]  # expect: code.agent-code-tool


def shell_agent(llm):
    agent = initialize_agent([ShellTool()], llm)  # expect: code.agent-code-tool
    return AgentExecutor(
        agent=agent,
        tools=[],
        max_iterations=None,  # expect: code.agent-no-step-limit
    )


proxy = UserProxyAgent(
    "user_proxy",
    human_input_mode="NEVER",
    code_execution_config={"work_dir": "coding", "use_docker": False},  # expect: code.agent-code-tool
)
agent = CodeAgent(
    tools=[],
    model=InferenceClientModel(),
    additional_authorized_imports=["*"],  # expect: code.agent-code-tool
)
interpreter.auto_run = True  # expect: code.agent-code-tool
