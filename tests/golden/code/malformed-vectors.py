"""Where the documents lie."""
import chromadb
from qdrant_client import QdrantClient
from langchain_community.vectorstores import Milvus

chroma = chromadb.HttpClient(host="vectors.example.com", port=8000)  # expect: code.vector-store-open
qdrant = QdrantClient(url="http://vectors.example.com:6333")  # expect: code.vector-store-open
