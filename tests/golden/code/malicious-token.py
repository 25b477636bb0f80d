"""Logs in everywhere; the keys are what the engine of secrets does not know by their shape."""
import wandb
from huggingface_hub import login
from openai import OpenAI
from pinecone import Pinecone
import comet_ml

KEY = "q8Zr2Lw9Xc4Vb7Nm1Ks6Td3Fg5Hj0Py"
client = OpenAI(
    base_url="https://llm.example.com/v1",
    api_key="tR7kQ2mX9vB4nL8wZ1cF6yH3",  # expect: code.literal-token
)
index = Pinecone(api_key=KEY)  # expect: code.literal-token


def start():
    wandb.login(key="0d1e2f3a4b5c6d7e8f90a1b2c3d4e5f607182930")
    login("mF4uT8sK1pW6xJ9dR3vC7bN2")  # expect: code.literal-token
    return comet_ml.Experiment(api_key="Yc5Wn8Qa2Zk7Ls3Xe9Rb4Vt6Mu1", project_name="x")  # expect: code.literal-token
