#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""presidio_lines.py FILE: every pattern recogniser that Presidio brings, without a language model, over
every line of FILE. Needs presidio_analyzer on PYTHONPATH."""
import inspect
import sys

from presidio_analyzer import PatternRecognizer, predefined_recognizers

found = 0
recognisers = [cls() for _, cls in inspect.getmembers(predefined_recognizers, inspect.isclass)
               if issubclass(cls, PatternRecognizer)]
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        for recogniser in recognisers:
            found += len(recogniser.analyze(line, recogniser.supported_entities))
print(found)
