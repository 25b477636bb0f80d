/* SPDX-License-Identifier: Apache-2.0 */
/* config.h - the text files of a model repository.
 * Why: a loader that trusts them fetches or imports code: auto_map, custom pipelines, modules.json,
 * MLmodel, hydra's _target_; indexes name files to open; chat templates are programs.
 * Only files whose name and shape make them such a part are looked at; other JSON, YAML and
 * Markdown stays silent.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/readers.h"

reader_fn config_json_read;     /* FMT_JSON */
reader_fn config_text_read;     /* FMT_TEXT: MLmodel */
reader_fn config_markdown_read; /* FMT_MARKDOWN: a model card's front matter */

/* YAML: names of code that a loader imports, and tags that make a parser call something. */
MUST_USE enum st config_yaml_lines(struct reading *r);
