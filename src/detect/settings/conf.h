/* SPDX-License-Identifier: Apache-2.0 */
/* conf.h - what the judges of settings and of commands share: tables, values, places.
 * Why: one row of rules/code-settings.tsv, code-commands.tsv or code-env.tsv is one way in which a
 * rule shows itself; what a row cannot say is a function named in it (@name).
 * Owns: nothing; memory is the judge's arena.   Threads: one owner.
 * Fails: by judge->nomem. */
#pragma once
#include "detect/settings/conf_tables.h"
#include "detect/judge.h"
#include "read/code/code.h"

/* ---- findings ---- */

struct conf_place {
    uint32_t line, column;
    uint64_t offset;
};

#define CONF_RULE_SEVERITY (-1) /* the rule's own */

/* One finding. `evidence` is cut and must hold no secret. */
void conf_say(struct judge *j, const struct reading *r, const char *rule, int severity,
              struct conf_place at, struct slice message, struct slice evidence);

/* ---- values (conf_values.c) ---- */

/* "true|1|*.example" with * and case ignored; "!" in front turns it round; "" fits all. */
bool conf_fits(struct slice pattern, struct slice value);
bool conf_true(struct slice value);
bool conf_false(struct slice value);
/* 0.0.0.0, ::, [::], *, with or without scheme and port */
bool conf_all_hosts(struct slice value);
bool conf_loopback_url(struct slice url);
/* Of 40 hexadecimal digits (or 64), wherever it stands at the end. */
bool conf_is_commit(struct slice value);
/* $VAR, ${{ }}, <placeholder>, vault:..., empty, changeme */
bool conf_is_open(struct slice value);
/* A name that speaks of a secret, and a value that may be one. */
bool conf_secret_name(struct slice name);
bool conf_secret_value(struct slice value);
/* Does the text engine find a secret in NAME=value itself? */
bool conf_engine_sees(struct judge *j, struct slice name, struct slice value);
/* A URL that ends in a model's, archive's or data set's suffix. */
bool conf_artifact_url(struct slice url);
bool conf_known_index(struct slice url); /* vendor indexes for wheels */
/* NAME=value that a process gets, wherever it is set. */
void conf_env(struct judge *j, const struct reading *r, struct slice name, struct slice value,
              struct conf_place at);

/* ---- settings ---- */

enum conf_kind { /* of a document; in the order of KINDS in tools/gen_conf.py */
                 CONF_ANY,
                 CONF_GITHUB,
                 CONF_ACTION,
                 CONF_GITLAB,
                 CONF_COMPOSE,
                 CONF_K8S,
                 CONF_MCP,
                 CONF_AGENT,
                 CONF_JUPYTER,
                 CONF_AIRFLOW,
                 CONF_PIP,
                 CONF_TORCHSERVE,
                 CONF_TRITON,
                 CONF_ENVFILE,
                 CONF_HELM,
                 CONF_KINDS,
};

struct conf_doc {
    struct judge *j;
    const struct reading *r;
    const struct code_settings *s;
    uint32_t root; /* a map, or the first of several roots */
    uint32_t end;
    uint32_t kinds; /* bits of enum conf_kind */
};

#define CONF_NONE UINT32_MAX

bool conf_is(const struct conf_doc *d, enum conf_kind kind);
uint32_t conf_kinds(const struct conf_doc *d);
/* A child of a map (of the document itself: CONF_NONE) by its key. */
uint32_t conf_child(const struct conf_doc *d, uint32_t map, const char *key);
/* The same, several steps; CONF_NONE on the way: nothing. "a.b.c" */
uint32_t conf_find(const struct conf_doc *d, uint32_t map, const char *path);
const struct code_setting *conf_at(const struct conf_doc *d, uint32_t i);
struct slice conf_value(const struct conf_doc *d, uint32_t i); /* of CONF_NONE: empty */
bool conf_is_text(const struct code_setting *x);
bool conf_path(const struct conf_doc *d, uint32_t i, struct slice pattern);
struct conf_place conf_place_of(const struct code_setting *x);
/* The line of byte `at` of a value that goes over several lines. */
struct conf_place conf_place_in(const struct conf_doc *d, uint32_t i, size_t at);
void conf_say_setting(const struct conf_doc *d, const char *rule, int severity, uint32_t i,
                      const char *message);
/* The predicate of this number holds. (conf_predicates.c) */
bool conf_setting_test(enum conf_test test, const struct conf_doc *d, uint32_t i);

void conf_github(const struct conf_doc *d);
void conf_mcp(const struct conf_doc *d);
void conf_compose(const struct conf_doc *d);
void conf_k8s(const struct conf_doc *d);
void conf_docker(struct judge *j, const struct reading *r, const struct code_settings *s);

/* ---- commands ---- */

struct conf_command {
    struct judge *j;
    const struct reading *r;
    const struct command *c;
    const struct shell_command *shell; /* the same, as it was parsed */
    const struct shell_word *words;    /* from the program on; of python -m x: from x on */
    size_t count;
    struct slice program;
};

/* The index of an option, or of its value: "--host", "-h". SIZE_MAX: not given. */
size_t conf_option(const struct conf_command *c, const char *name);
/* Its value: of --name=value or the next word; p == NULL: none. */
struct slice conf_option_value(const struct conf_command *c, const char *name, size_t *ret_word);
struct conf_place conf_word_place(const struct conf_command *c, size_t word);
bool conf_command_test(enum conf_test test, const struct conf_command *c);
void conf_download(const struct conf_command *c);
void conf_pip(const struct conf_command *c);
void conf_pipe(const struct conf_command *c);
