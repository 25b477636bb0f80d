/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_modules.c - whose module is that? Python 3.13's list of its own modules, with those that
 * older versions and Python 2 had. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/pickle/pickle_part.h"

static const char stdlib[] =
    " __future__ __builtin__ _abc _aix_support _ast _asyncio _bisect _blake2 _bootsubprocess _bz2 "
    "_codecs _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections "
    "_collections_abc _compat_pickle _compression _contextvars _crypt _csv _ctypes _curses "
    "_curses_panel _datetime _dbm _decimal _elementtree _frozen_importlib "
    "_frozen_importlib_external _functools _gdbm _hashlib _heapq _imp _interpchannels "
    "_interpqueues _interpreters _io _ios_support _json _locale _lsprof _lzma _markupbase _md5 "
    "_msi _multibytecodec _multiprocessing _opcode _opcode_metadata _operator _osx_support "
    "_overlapped _pickle _posixshmem _posixsubprocess _py_abc _pydatetime _pydecimal _pyio _pylong "
    "_pyrepl _queue _random _scproxy _sha1 _sha2 _sha256 _sha3 _sha512 _signal _sitebuiltins "
    "_socket _sqlite3 _sre _ssl _stat _statistics _string _strptime _struct _suggestions _symtable "
    "_sysconfig _testcapi _thread _threading_local _tkinter _tokenize _tracemalloc _typing _uuid "
    "_warnings _weakref _weakrefset _winapi _wmi _xxsubinterpreters _zoneinfo abc aifc antigravity "
    "anydbm argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect "
    "builtins bz2 cPickle cProfile cStringIO calendar cgi cgitb chunk cmath cmd code codecs codeop "
    "collections colorsys commands compileall concurrent configparser contextlib contextvars copy "
    "copy_reg copyreg crypt csv ctypes curses dataclasses datetime dbhash dbm decimal difflib dis "
    "distutils doctest dumbdbm email encodings ensurepip enum errno exceptions faulthandler fcntl "
    "filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext "
    "glob graphlib grp gzip hashlib heapq hmac html http httplib idlelib imaplib imghdr imp "
    "importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma "
    "mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc "
    "nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb "
    "pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile "
    "pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline "
    "reprlib resource rlcompleter runpy sched secrets select selectors sets shelve shlex shutil "
    "signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants "
    "sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable sys "
    "sysconfig "
    "syslog tabnanny tarfile telnetlib tempfile termios test textwrap this thread threading time "
    "timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types "
    "typing unicodedata unittest urllib urllib2 urlparse user uu uuid venv warnings wave weakref "
    "webbrowser whichdb winreg winsound wsgiref xdrlib xml xmlrpc xmlrpclib xxlimited xxsubtype "
    "zipapp zipfile zipimport zlib zoneinfo ";

static const char framework[] =
    " accelerate catboost datasets diffusers fastai fastcore gensim gluonts huggingface_hub "
    "imblearn "
    "jax jaxlib joblib keras lightgbm lightning matplotlib mlflow networkx nltk numba numpy onnx "
    "onnxruntime pandas peft pip polars pyarrow pytorch_lightning ray safetensors scipy "
    "sentence_transformers setuptools shap sklearn skimage spacy statsmodels tensorflow thinc "
    "tokenizers torch torchaudio torchtext torchvision transformers ultralytics xgboost ";

/* " name " in a list of words between blanks. */
static bool listed(const char *list, struct slice word)
{
    char text[64];
    int n = snprintf(text, sizeof text, " %.*s ", (int)(word.n < 60 ? word.n : 60),
                     word.n ? (const char *)word.p : "");
    return word.n && word.n < 60 && n > 0 && strstr(list, text);
}

enum module_owner module_owner(struct slice module)
{
    struct slice name = S("");
    global_modern(&module, &name);
    struct slice package = slice_sub(module, 0, slice_find_byte(module, '.'));
    if (listed(stdlib, package)) return OWNER_STDLIB;
    return listed(framework, package) ? OWNER_FRAMEWORK : OWNER_OTHER;
}

bool named_like_class(struct slice name)
{
    size_t dot = slice_rfind_byte(name, '.');
    if (dot != SIZE_MAX) name = slice_sub(name, dot + 1, name.n);
    size_t i = 0;
    while (i < name.n && name.p[i] == '_') i++;
    return i < name.n && ascii_upper(name.p[i]);
}
