# SPDX-License-Identifier: Apache-2.0
"""Make every golden again. Run by `make goldens` only; see README.md."""
import os
import sys
import time
import warnings

if os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"})

time.time = lambda: 1700000000.0
warnings.filterwarnings("ignore")

import make_arrays  # noqa: E402
import make_databases  # noqa: E402
import make_images  # noqa: E402
import make_notebooks  # noqa: E402
import make_records  # noqa: E402
import make_rules  # noqa: E402
import make_stores  # noqa: E402
import make_pickle  # noqa: E402
import make_texts  # noqa: E402
import make_torch  # noqa: E402
import make_versions  # noqa: E402
import make_weights  # noqa: E402

for maker in (make_pickle, make_torch, make_arrays, make_weights, make_images, make_databases, make_records, make_texts,
              make_versions, make_notebooks, make_rules, make_stores):
    maker.make()
