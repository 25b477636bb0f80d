/* SPDX-License-Identifier: Apache-2.0 */
/* code.h - what the readers of code tell: modules, settings, commands and packages.
 * Why: four shapes are enough for Python and notebooks, for every configuration language, for every
 * place where a shell command may stand, and for every list of dependencies. Judges know these four
 * and no file format.
 *
 *    EV_MODULE    one Python module: a .py file, or the cells of a notebook joined
 *    EV_NOTEBOOK  what else there is to know of a notebook; EV_OUTPUT: active content of a cell
 *    EV_SETTINGS  one document of settings: YAML, JSON, TOML, INI, .env, properties, Dockerfile
 *    EV_COMMAND   one command line of a shell, wherever it stands
 *    EV_PACKAGE   one dependency that a manifest, a lock or a command names
 *
 * Owns: nothing; everything lives until the sink returns.   Threads: one owner. */
#pragma once
#include "codec/python.h"
#include "codec/shell.h"

/* ---- modules ---- */

struct code_module {
    const struct py_module *tree;
    struct slice text; /* what was parsed */
    const uint32_t
        *lines; /* per line of text (from 0): the physical line of the file; NULL: same */
    const uint32_t *cells; /* per line of text: its cell, from 1; NULL: no notebook */
    bool notebook;
    bool startup; /* the import lines of a .pth file: they run whenever Python starts */
};

/* ---- notebooks ---- */

struct notebook_cell {
    uint32_t number;      /* among all cells, from 1 */
    uint32_t line, until; /* physical lines of its code */
    int64_t count;        /* execution; -1: null */
    int64_t output_count; /* what its result says; -1: nothing */
    bool hidden;          /* its code is not shown */
};

/* Told before the module: its code cells and what its metadata says. */
struct notebook {
    const struct notebook_cell *cells;
    size_t count;
    struct slice language, kernel;
    uint32_t trusted; /* line of "trusted": true of the whole notebook; 0: not there */
    uint32_t argv;    /* line of a command line for the kernel; 0: there is none */
    struct slice argv_text;
};

/* HTML, SVG or JavaScript that a notebook shows. */
struct notebook_output {
    uint32_t cell; /* from 1 */
    struct slice mime, text;
    const uint32_t *lines; /* per line of text: the physical line */
};

/* ---- settings ---- */

enum setting_kind { SET_MAP, SET_LIST, SET_STRING, SET_PLAIN, SET_NULL };

/* A document as a flat list in source order; what a map or list holds follows it, with `parent`
 * saying whose it is and `end` where that ends. SET_PLAIN is a number, boolean or word as written,
 * without quotes. Several documents of one file are several roots. What YAML's aliases and merge
 * keys stand for is there as if it was written out, with the places of the original. */
struct code_setting {
    enum setting_kind kind;
    uint32_t parent;   /* index; UINT32_MAX: a root */
    uint32_t end;      /* index behind all that it holds */
    uint32_t index;    /* within a list; within a map: the how-many-th key */
    uint32_t children; /* how many it holds itself */
    struct slice key, value;
    uint32_t line, column;   /* of the value */
    uint32_t offset, length; /* of the value as written, in the text, bytes */
    uint32_t key_line, key_column;
};

enum dialect {
    DIALECT_YAML,
    DIALECT_JSON,
    DIALECT_TOML,
    DIALECT_INI,        /* .cfg, .ini, .conf, .env (no sections), .properties */
    DIALECT_PBTXT,      /* protobuf in text */
    DIALECT_DOCKERFILE, /* see read/code/dockerfile.h */
};

struct code_settings {
    enum dialect dialect;
    struct slice name; /* the file's name, as the layer has it */
    struct slice text; /* the file in UTF-8: offsets are in it */
    const struct code_setting *list;
    size_t count;
};

/* ---- commands ---- */

enum command_where {
    WHERE_SHELL,
    WHERE_DOCKERFILE,
    WHERE_CI,       /* run:, script: */
    WHERE_COMPOSE,  /* command:, entrypoint: of compose and Kubernetes */
    WHERE_NOTEBOOK, /* !, %%bash */
    WHERE_PYTHON,   /* os.system, subprocess: told by the judge of modules itself */
    WHERE_DOC,      /* fenced blocks of Markdown */
};

/* All commands of one text for a shell (a file, a RUN, a step of a job): they may be judged
 * together. */
struct script {
    enum command_where where;
    const struct shell *shell;
    const uint32_t *lines; /* per line of the text (from 0): the physical line; NULL: they follow */
    uint32_t line, column; /* physical place of its first byte, from 1 */
};

struct command {
    const struct script *script;
    size_t index;              /* of it in script->shell */
    const struct slice *words; /* from the program on: without assignments, sudo, env, poetry run;
                                  quotes resolved; $NAME and $(...) stay as they are */
    size_t count;              /* 0: nothing but assignments and redirections */
    struct slice text;         /* the whole command as written */
    bool piped;                /* it reads what the command before it wrote: the one told before */
    uint32_t line, column;
};

/* ---- packages ---- */

enum package_source {
    PACKAGE_MANIFEST, /* requirements.in, pyproject.toml, setup.py, environment.yml, package.json */
    PACKAGE_PINS,     /* requirements.txt: a manifest that may be a lock */
    PACKAGE_LOCK,     /* uv.lock, poetry.lock, Pipfile.lock, conda-lock.yml, package-lock.json */
    PACKAGE_COMMAND,  /* pip install ... */
    PACKAGE_IMPORT,   /* import statements: name is the module's */
    PACKAGE_INSTALLED, /* what an installed package says of itself: METADATA, conda-meta */
    PACKAGE_INDEX,     /* no package: where they come from; name is the option, url the place */
};

enum package_system { SYSTEM_PYPI, SYSTEM_NPM, SYSTEM_CONDA };

/* What the whole file says; known before its first package is told. */
struct package_file {
    bool library; /* it builds a package: others choose the versions */
    bool lock;    /* it is one */
    bool options; /* it is a file for pip, which may hold hashes */
    size_t count; /* packages, without those that are direct references */
    size_t exact; /* with one version */
    size_t hashed;
    uint32_t first_exact; /* its line */
    size_t licensed;      /* it says their licence */
    size_t labelled;      /* with a local version: ==2.6.0+cu124 */
};

struct package {
    enum package_source source;
    enum package_system system;
    struct slice name;     /* as written */
    struct slice versions; /* specifiers as written: ">=2.0,<3"; of locks: "==" is left out */
    struct slice url;      /* direct reference: git+https://..., https://...whl, path */
    struct slice marker;   /* of PEP 508 */
    struct slice licence;  /* as far as the file says it; several names for it: one a line */
    uint32_t licence_line; /* 0: it says none */
    bool exact;            /* versions is one version, of a lock */
    bool hashed;
    bool dev;       /* of a group for development or tests */
    bool build;     /* needed to build only */
    bool own_index; /* an index: only what asks for it comes from there; a package: it asks for one
                     */
    const struct package_file *file; /* NULL: of a command or an import */
    uint32_t line, column;
};
