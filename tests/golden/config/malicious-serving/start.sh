#!/bin/sh
curl -sSL https://install.example.net/serve.sh | sudo bash
wget --no-check-certificate https://models.example.net/net.tar.gz
pip install --extra-index-url http://pypi.example.net/simple acme-infer
jupyter lab --allow-root --ip=0.0.0.0 --NotebookApp.token=''
ray start --head --dashboard-host 0.0.0.0
OLLAMA_HOST=0.0.0.0 ollama serve
huggingface-cli download acme/net --local-dir models
chmod -R 777 /srv/models
