"""Low findings: a tag is better than nothing, a commit is better than a tag."""
import jinja2
from huggingface_hub import snapshot_download
from transformers import AutoModel

model = AutoModel.from_pretrained("org/model", revision="v1.0")  # expect: code.hub-branch
folder = snapshot_download(
    "org/model",
    revision="main",  # expect: code.hub-branch
)


def render(path, messages):
    with open(path) as fh:
        template = fh.read()
    env = jinja2.Environment()
    return env.from_string(template).render(messages=messages)  # expect: code.chat-template-unsafe
