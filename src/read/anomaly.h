/* SPDX-License-Identifier: Apache-2.0 */
/* anomaly.h - what can be odd about a file, in the readers' own terms, without judging it.
 * Adding one? Add its row in detect/anomaly.c too: rule, severity and the sentence for people.
 * Keep each block with its reader. */
#pragma once

enum anomaly {
    ANOMALY_NONE,
    /* any format */
    ANOMALY_TRUNCATED, /* ends before its own structure does */
    ANOMALY_MALFORMED, /* breaks a rule of its format */
    ANOMALY_TRAILING,  /* bytes after the end that the format does not know */
    ANOMALY_POLYGLOT,  /* valid as two formats at once; detail names them */
    ANOMALY_SUFFIX,    /* the name promises another format */
    ANOMALY_EMPTY,     /* no bytes at all, under a model's name */
    /* archives */
    ANOMALY_ARCHIVE_DUPLICATE,      /* two members of one name */
    ANOMALY_ARCHIVE_HEADERS_DIFFER, /* local and central header disagree */
    ANOMALY_ARCHIVE_CRC,
    ANOMALY_ARCHIVE_PREFIX,        /* bytes before the first member */
    ANOMALY_ARCHIVE_CONCATENATED,  /* more than one archive in one file */
    ANOMALY_ARCHIVE_HIDDEN_MEMBER, /* a member that the directory does not list */
    ANOMALY_ARCHIVE_OVERLAP,       /* two members share bytes */
    ANOMALY_ARCHIVE_PATH,          /* a member name that leaves the folder */
    ANOMALY_ARCHIVE_SYMLINK,       /* a link that leaves the folder */
    ANOMALY_ARCHIVE_SPECIAL,       /* device, socket, fifo */
    ANOMALY_ARCHIVE_BOMB,          /* unpacks to far more than it holds */
    /* pickle, torch, joblib, numpy: see read/model/pickle.h for the calls */
    ANOMALY_PICKLE_TRAILING,      /* another stream or bytes after STOP */
    ANOMALY_PICKLE_EXPANSION,     /* nested gets that blow up */
    ANOMALY_PICKLE_EXTENSION,     /* EXT opcode */
    ANOMALY_PICKLE_TEXT_NUMBER,   /* INT or LONG text that only base 0 accepts */
    ANOMALY_PICKLE_COMPUTED_NAME, /* a global whose name was computed at load time */
    ANOMALY_PICKLE_PERSISTENT_ID, /* a persistent id where no loader of the format expects one */
    ANOMALY_TORCHSCRIPT_OP,
    ANOMALY_TORCH_PACKAGE_CODE,
    ANOMALY_NUMPY_OBJECT_ARRAY,
    /* safetensors */
    ANOMALY_SAFETENSORS_LAYOUT, /* holes, overlaps, ranges that do not fit dtype x shape */
    ANOMALY_SAFETENSORS_DUPLICATE,
    /* GGUF */
    ANOMALY_GGUF_LAYOUT,
    ANOMALY_GGUF_DUPLICATE,
    /* repository files */
    ANOMALY_REMOTE_CODE, /* a configuration that makes the loader fetch code */
    ANOMALY_LOCAL_CODE,  /* a configuration that makes the loader run code beside it */
    ANOMALY_CONFIG_CALL, /* a configuration names a function that acts, for a loader to call */
    ANOMALY_SHARD_PATH,
    ANOMALY_SHARD_MISSING,
    /* pictures, markup, databases and lists in datasets */
    ANOMALY_IMAGE_BOMB,     /* a header that promises far more pixels than there are bytes */
    ANOMALY_IMAGE_OWNER,    /* EXIF names the camera's owner or its serial number */
    ANOMALY_ACTIVE_CONTENT, /* a script in a page, a drawing or a database's schema */
    ANOMALY_XML_ENTITY,     /* entities from outside, or entities made of entities */
    ANOMALY_SAMPLE_PARTS,   /* a sample lacks a part that the others have, or comes twice */
    ANOMALY_LOADING_SCRIPT, /* Python that a dataset library runs to load the rows beside it */
    ANOMALY_CARD_FIELDS,    /* a dataset card leaves out what its users must know */
    ANOMALY_DATA_REMOTE,    /* the rows lie at an address that is not bound to a version */
    ANOMALY_DATA_UNHASHED,  /* a manifest names files without a digest */
    /* datasets in text */
    ANOMALY_DATA_MALFORMED, /* a record that is not what its format or its header says */
    ANOMALY_COUNT,
};
