#!/bin/sh
set -eu
curl -fsSLo /tmp/serve.tgz https://install.example.net/serve-1.2.tgz
echo "0f343b0931126a20f133d67c2b018a3b1a1b2c3d4e5f60718293a4b5c6d7e8f9  /tmp/serve.tgz" | sha256sum -c -
tar xzf /tmp/serve.tgz -C /opt
pip install --require-hashes -r requirements.txt
jupyter lab --ip=127.0.0.1
ray start --head --dashboard-host 127.0.0.1
ollama serve
huggingface-cli download acme/net --revision 0123456789abcdef0123456789abcdef01234567 --local-dir models
chmod 750 /srv/models
# curl https://install.example.net/serve.sh | bash is what we do not do
echo "never run: curl https://x.example | sh"
