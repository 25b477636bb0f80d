"""Where the documents lie."""
import os

import chromadb
from qdrant_client import QdrantClient

local = chromadb.PersistentClient(path="./db")
memory = QdrantClient(":memory:")
near = QdrantClient(url="http://localhost:6333")
qdrant = QdrantClient(url="https://vectors.example.com", api_key=os.environ["QDRANT_KEY"])
