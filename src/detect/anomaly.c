/* SPDX-License-Identifier: Apache-2.0 */
/* anomaly.c - what an oddity of a file means: rule and sentence per anomaly. */
#include "detect/judge.h"
#include "finding/rules.h"

struct anomaly_row {
    const char *rule;
    const char *message; /* one sentence; the reader's detail becomes the evidence */
};

static const struct anomaly_row rows[ANOMALY_COUNT] = {
    /* any format */
    [ANOMALY_TRUNCATED] = {"model.malformed", "The file ends before its own structure does"},
    [ANOMALY_MALFORMED] = {"model.malformed", "The file breaks the rules of its own format"},
    [ANOMALY_TRAILING] = {"model.trailing-data",
                          "Bytes follow the end of the model, where its loader does not look"},
    [ANOMALY_POLYGLOT] = {"model.polyglot",
                          "The file is two formats at once: what is checked need not be what is "
                          "loaded"},
    [ANOMALY_SUFFIX] = {"model.suffix-mismatch",
                        "The name promises another format than the bytes have"},
    [ANOMALY_EMPTY] = {"model.malformed", "A model's name stands over an empty file"},
    /* archives */
    [ANOMALY_ARCHIVE_DUPLICATE] = {"archive.duplicate-member",
                                   "Two members have one name: loaders differ in which they take"},
    [ANOMALY_ARCHIVE_HEADERS_DIFFER] = {"archive.header-mismatch",
                                        "The two headers of a member disagree, and so do loaders"},
    [ANOMALY_ARCHIVE_CRC] = {"archive.crc-mismatch",
                             "A member is not what its checksum says: some loaders refuse it, "
                             "others load it"},
    [ANOMALY_ARCHIVE_PREFIX] = {"archive.prefix-data",
                                "Bytes lie in front of the archive, where another format can hide"},
    [ANOMALY_ARCHIVE_CONCATENATED] = {"archive.concatenated",
                                      "The file holds several archives: loaders differ in which "
                                      "they open"},
    [ANOMALY_ARCHIVE_HIDDEN_MEMBER] = {"archive.hidden-member",
                                       "A member is missing from the archive's directory, so "
                                       "listings do not show it"},
    [ANOMALY_ARCHIVE_OVERLAP] = {"archive.overlap", "Members of the archive share bytes"},
    [ANOMALY_ARCHIVE_PATH] = {"archive.path-escape",
                              "A member's name leads out of the folder that it is unpacked to"},
    [ANOMALY_ARCHIVE_SYMLINK] = {"archive.symlink",
                                 "A link in the archive leads out of the folder that it is "
                                 "unpacked to"},
    [ANOMALY_ARCHIVE_SPECIAL] = {"archive.special-file",
                                 "The archive holds a device, a socket or a pipe"},
    [ANOMALY_ARCHIVE_BOMB] = {"archive.bomb",
                              "The archive unpacks to far more than it holds and can stop the "
                              "machine that does it"},
    /* pickle, torch, numpy */
    [ANOMALY_PICKLE_TRAILING] = {"model.pickle-trailing",
                                 "Bytes follow the end of the pickle; whoever reads on runs them"},
    [ANOMALY_PICKLE_EXPANSION] = {"model.pickle-resource",
                                  "Loading multiplies references until memory is used up"},
    [ANOMALY_PICKLE_EXTENSION] = {"model.pickle-extension-code",
                                  "A number stands for a global that only the loading machine "
                                  "knows"},
    [ANOMALY_PICKLE_TEXT_NUMBER] = {"model.pickle-obfuscated",
                                    "A number is spelt so that scanners stop and the unpickler "
                                    "goes on"},
    [ANOMALY_PICKLE_COMPUTED_NAME] = {"model.pickle-obfuscated",
                                      "The name of a global is put together while loading, out of "
                                      "sight of a reader"},
    [ANOMALY_PICKLE_PERSISTENT_ID] = {"model.pickle-persistent-id",
                                      "The stream asks its loader for an outside object"},
    [ANOMALY_TORCHSCRIPT_OP] = {"model.torchscript-unsafe-op",
                                "Compiled code of the model reaches beyond computing: it can read "
                                "or write files or start other code"},
    [ANOMALY_TORCH_PACKAGE_CODE] = {"model.torch-package-code",
                                    "The package carries Python code that runs when it is loaded"},
    [ANOMALY_NUMPY_OBJECT_ARRAY] = {"model.numpy-object-array",
                                    "The array holds Python objects, so that loading it unpickles "
                                    "them"},
    /* safetensors, GGUF */
    [ANOMALY_SAFETENSORS_LAYOUT] = {"model.safetensors-layout",
                                    "The tensors do not tile the file: bytes are hidden, shared or "
                                    "missing"},
    [ANOMALY_SAFETENSORS_DUPLICATE] = {"model.duplicate-key",
                                       "A key occurs twice: readers differ in which one they take"},
    [ANOMALY_GGUF_LAYOUT] = {"model.gguf-layout",
                             "Sizes or offsets of tensors make a loader read or write outside its "
                             "memory"},
    [ANOMALY_GGUF_DUPLICATE] = {"model.duplicate-key",
                                "A key or tensor occurs twice: loaders differ in which one they "
                                "take"},
    /* repository files */
    [ANOMALY_REMOTE_CODE] = {"model.remote-code",
                             "The configuration makes the loader fetch and run code from "
                             "elsewhere"},
    [ANOMALY_LOCAL_CODE] = {"model.local-code",
                            "The configuration makes the loader run code that came with the "
                            "model"},
    [ANOMALY_SHARD_PATH] = {"model.path-escape",
                            "The model names a file outside its own folder, and its loader opens "
                            "that file"},
    [ANOMALY_SHARD_MISSING] = {"model.shard-missing", "A part of the model is not there"},
};

void judge_anomaly(struct judge *j, const struct reading *r, const struct event *ev)
{
    const struct anomaly_row *row = &rows[ev->anomaly.what];
    if (!row->rule) return;
    struct finding f = judge_finding(j, r, row->rule, ev->offset);
    f.message = slice_str(row->message);
    f.evidence = arena_copy(j->arena, ev->anomaly.detail);
    judge_emit(j, &f);
}

void judge_unread(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct finding f = judge_finding(j, r, "model.not-inspected", ev->offset);
    j->not_inspected = true;
    j->unread += ev->unread.bytes;
    f.message = S("Bytes were not inspected: nothing can be said about them");
    f.evidence = arena_copy(j->arena, ev->unread.detail);
    judge_emit(j, &f);
}
