/* SPDX-License-Identifier: Apache-2.0 */
/* Honest globals are known, dangerous ones are never taken for honest, whatever the spelling. */
#include "finding/globals.h"
#include "finding/rules.h"
#include "finding/tables.h"
#include "../test.h"

static const struct global_rule *find(const char *module, const char *name)
{
    return global_find(slice_str(module), slice_str(name));
}

/* "module name" rows, one space between. */
static const struct global_rule *find_row(const char *row)
{
    struct slice rest = slice_str(row), module = {0}, name = {0};
    assert_true(slice_split(&rest, ' ', &module));
    assert_true(slice_split(&rest, ' ', &name));
    return global_find(module, name);
}

static struct slice key_of(size_t i)
{
    return slice_of(&globals_keys[globals_table[i].key], globals_table[i].length);
}

static void tables_are_sorted_without_repeats(void **state)
{
    (void)state;
    for (size_t i = 1; i < globals_table_count; i++) /* so nothing is both safe and dangerous */
        assert_true(slice_cmp(key_of(i - 1), key_of(i)) < 0);
    for (size_t i = 1; i < renames_table_count; i++)
        assert_true(
            slice_cmp(slice_str(renames_table[i - 1].key), slice_str(renames_table[i].key)) < 0);
}

static void rows_are_well_formed(void **state)
{
    (void)state;
    for (size_t i = 0; i < globals_table_count; i++) {
        const struct global_rule *g = &globals_rules[globals_table[i].rule];
        bool acts = g->use == GLOBAL_DANGEROUS || g->use == GLOBAL_ARGS;
        assert_int_equal(g->use == GLOBAL_ARGS, g->args != GLOBAL_ARGS_NONE);
        assert_int_equal(acts, g->severity >= SEV_MEDIUM);
        assert_int_equal(acts, *g->class_ != '\0');
        if (acts) assert_non_null(rule_find(slice_str(global_rule_id(g))));
    }
}

static void every_row_finds_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < globals_table_count; i++) {
        struct slice key = key_of(i);
        size_t dot = slice_find_byte(key, '.');
        if (key.p[0] == '*' || key.p[key.n - 1] == '*') continue;
        /* Split at the first dot: the walk must come to the same row as any other split. */
        const struct global_rule *g =
            global_find(slice_sub(key, 0, dot), slice_sub(key, dot + 1, SIZE_MAX));
        if (g != &globals_rules[globals_table[i].rule]) fail_msg("%.*s is hidden", SLICE_ARG(key));
    }
}

static const char *const honest[] = {
    "collections OrderedDict",
    "collections Counter",
    "collections deque",
    "builtins set",
    "__builtin__ set",
    "builtins complex",
    "__builtin__ xrange",
    "__builtin__ long",
    "datetime datetime",
    "decimal Decimal",
    "fractions Fraction",
    "uuid UUID",
    "copy_reg _reconstructor",
    "copyreg __newobj__",
    "_codecs encode",
    "numpy dtype",
    "numpy ndarray",
    "numpy float64",
    "numpy.core.multiarray _reconstruct",
    "numpy._core.multiarray _reconstruct",
    "numpy.core.multiarray scalar",
    "numpy.core.numeric _frombuffer",
    "numpy.random._pickle __randomstate_ctor",
    "numpy.random._mt19937 MT19937",
    "numpy.ma.core MaskedArray",
    "joblib.numpy_pickle NumpyArrayWrapper",
    "scipy.sparse._csr csr_matrix",
    "scipy.sparse.csr csr_matrix",
    "pandas.core.frame DataFrame",
    "pandas.core.series Series",
    "pandas.core.indexes.range RangeIndex",
    "pandas.core.internals.managers BlockManager",
    "pandas._libs.internals _unpickle_block",
    "pandas.core.indexes.base _new_Index",
    "sklearn.ensemble._forest RandomForestClassifier",
    "sklearn.tree._tree Tree",
    "sklearn.preprocessing._data StandardScaler",
    "sklearn.pipeline Pipeline",
    "sklearn.linear_model._logistic LogisticRegression",
    "sklearn.svm._classes SVC",
    "sklearn.neighbors._kd_tree newObj",
    "sklearn.feature_extraction.text TfidfVectorizer",
    "torch FloatStorage",
    "torch.cuda HalfStorage",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_parameter",
    "torch.nn.modules.conv Conv2d",
    "torch.nn.modules.linear Linear",
    "torch.nn.modules.container Sequential",
    "torch.nn.parameter Parameter",
    "torch Size",
    "torch float16",
    "torch.jit._pickle build_intlist",
    "torch.optim.adam Adam",
    "xgboost.core Booster",
    "xgboost.sklearn XGBClassifier",
    "lightgbm.sklearn LGBMClassifier",
    "transformers.training_args TrainingArguments",
    "tokenizers Tokenizer",
    "functools partial",
    "operator itemgetter",
    "pathlib PosixPath",
    "logging getLogger",
    "sklearn.ensemble.forest RandomForestClassifier",
    "sklearn.linear_model.logistic LogisticRegression",
    "sklearn.preprocessing.imputation Imputer",
    "sklearn.grid_search GridSearchCV",
    "sklearn.svm.classes SVC",
    "pandas DataFrame",
    "pandas.core.indexes.numeric Int64Index",
    "pandas.tseries.index _new_DatetimeIndex",
    "pandas.indexes.base _new_Index",
    "numpy.dtypes StringDType",
    "numpy._core.multiarray scalar",
    "torch.torch_version TorchVersion",
    "torch.distributed.checkpoint.metadata Metadata",
    "torch.nn.parallel.data_parallel DataParallel",
    "scipy.spatial.ckdtree cKDTree",
};

static void honest_globals_are_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof honest / sizeof *honest; i++) {
        const struct global_rule *g = find_row(honest[i]);
        if (!g) fail_msg("unknown: %s", honest[i]);
        if (g->use == GLOBAL_DANGEROUS) fail_msg("dangerous: %s", honest[i]);
    }
}

static const char *const dangerous[] = {
    "os system",
    "posix system",
    "nt system",
    "posix popen",
    "subprocess Popen",
    "commands getoutput",
    "pty spawn",
    "builtins eval",
    "__builtin__ eval",
    "__builtin__ execfile",
    "builtins exec",
    "builtins __import__",
    "builtins compile",
    "builtins open",
    "builtins setattr",
    "runpy _run_code",
    "code InteractiveInterpreter.runcode",
    "cProfile runctx",
    "timeit timeit",
    "bdb Bdb.run",
    "pdb run",
    "doctest debug_script",
    "trace Trace.run",
    "importlib import_module",
    "importlib.machinery SourceFileLoader",
    "pkgutil resolve_name",
    "pydoc locate",
    "pydoc pipepager",
    "operator call",
    "_operator getitem",
    "functools reduce",
    "logging.config dictConfig",
    "logging FileHandler",
    "logging.handlers SocketHandler",
    "copy_reg add_extension",
    "sys modules",
    "ctypes CDLL",
    "types CodeType",
    "types FunctionType",
    "marshal loads",
    "pickle loads",
    "cPickle loads",
    "_pickle Unpickler",
    "dill loads",
    "dill._dill _create_function",
    "cloudpickle.cloudpickle _make_function",
    "joblib load",
    "joblib.numpy_pickle load",
    "numpy load",
    "numpy fromfile",
    "numpy.f2py.crackfortran getlincoef",
    "numpy.testing._private.utils runstring",
    "numpy.distutils.exec_command exec_command",
    "pandas read_pickle",
    "pandas eval",
    "pandas.io.parsers.readers read_csv",
    "torch load",
    "torch.hub load",
    "torch.serialization load",
    "torch.jit load",
    "torch.utils.cpp_extension load_inline",
    "torch.fx.graph_module reduce_graph_module",
    "torch._inductor.codecache compile_file",
    "torch.utils.collect_env run",
    "io FileIO",
    "_io open",
    "codecs open",
    "shutil rmtree",
    "socket create_connection",
    "urllib2 urlopen",
    "urllib.request urlopen",
    "requests.api get",
    "http.client HTTPSConnection",
    "ssl get_server_certificate",
    "pip main",
    "pip._internal.cli.main main",
    "uuid _get_command_stdout",
    "webbrowser open",
    "asyncio.unix_events _UnixSubprocessTransport",
    "multiprocessing.util spawnv_passfds",
    "idlelib.run Executive.runcode",
    "venv create",
    "yaml unsafe_load",
    "sqlite3 connect",
    "tempfile mkstemp",
    "test.support.script_helper assert_python_ok",
    "imaplib IMAP4_stream",
    "lib2to3.pgen2.grammar Grammar.loads",
    "sympy sympify",
    "jinja2 Template",
    "hydra.utils instantiate",
    "xmlrpc.server resolve_dotted_attribute",
    "SimpleXMLRPCServer resolve_dotted_attribute",
    "fickling.fickle anything",
    "tkinter Tcl",
    "zlib decompress",
    "base64 b64decode",
    "sklearn.datasets load_files",
    "scipy.io loadmat",
    "pathlib Path.write_text",
    "pathlib PosixPath.unlink",
};

static void dangerous_globals_are_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dangerous / sizeof *dangerous; i++) {
        const struct global_rule *g = find_row(dangerous[i]);
        if (!g) fail_msg("unknown: %s", dangerous[i]);
        if (g->use != GLOBAL_DANGEROUS) fail_msg("not dangerous: %s", dangerous[i]);
    }
}

static void what_nobody_vetted_is_unknown(void **state)
{
    (void)state;
    assert_null(find("__main__", "Net"));
    assert_null(find("vendor.tools", "restore_from"));
    assert_null(find("", ""));
    assert_null(find("numpy", ""));
    assert_null(find("sklearn.ensemble._forest", "_generate_unsampled_indices"));
    assert_null(find("collections", "OrderedDict.fromkeys")); /* attribute of a safe class */
    assert_null(find("oss", "system"));
    assert_null(find("o", "s.ystem"));
}

static void dotted_names_are_walked(void **state)
{
    (void)state;
    assert_int_equal(find("torch", "serialization.load")->use, GLOBAL_DANGEROUS);
    assert_int_equal(find("builtins", "eval.__call__")->use, GLOBAL_DANGEROUS);
    assert_int_equal(find("sklearn.tree._tree", "Tree.__init__.__globals__")->use,
                     GLOBAL_DANGEROUS);
    assert_int_equal(find("torch.serialization", "os.system")->use, GLOBAL_DANGEROUS);
    assert_int_equal(find("sklearn.pipeline", "Pipeline.__reduce__")->use, GLOBAL_DANGEROUS);
    assert_int_equal(find("os", "path.join")->use, GLOBAL_DANGEROUS);
    assert_string_equal(find("numpy", "f2py.crackfortran.getlincoef")->class_, "fw-exec");
    assert_int_equal(find("zoneinfo", "ZoneInfo._unpickle")->use, GLOBAL_CALL);
}

static void exact_beats_wildcard_and_longest_module_wins(void **state)
{
    (void)state;
    /* dill is dangerous as a whole, one of its helpers has an argument rule */
    assert_int_equal(find("dill._dill", "_create_array")->use, GLOBAL_ARGS);
    assert_int_equal(find("dill._dill", "anything_else")->use, GLOBAL_DANGEROUS);
    assert_int_equal(find("joblib.numpy_pickle", "NumpyArrayWrapper")->use, GLOBAL_CLASS);
    assert_int_equal(find("uuid", "UUID")->use, GLOBAL_CLASS);
    assert_int_equal(find("re", "compile")->use,
                     GLOBAL_CALL); /* though compile is dangerous elsewhere */
    assert_string_equal(find("os.environ", "get")->class_, "env");
    /* a module that is dangerous as a whole, and a name that is dangerous anywhere */
    assert_int_equal(find("sqlite3", "open")->severity, SEV_HIGH);
    assert_int_equal(find("vendor.tools", "open")->severity, SEV_HIGH);
    /* a class that a module of estimators merely imports */
    assert_int_equal(find("sklearn.ensemble._forest", "Parallel")->use, GLOBAL_DANGEROUS);
    assert_int_equal(find("sklearn.ensemble._forest", "SomethingOfNextYear")->use, GLOBAL_CLASS);
}

static void a_literal_star_is_no_wildcard(void **state)
{
    (void)state;
    assert_int_equal(find("os", "*")->use, GLOBAL_DANGEROUS); /* by the module, as any name */
    assert_null(find("sklearn.ensemble._forest", "*"));
    assert_null(find("*", "nothing_here"));
}

static void giant_names_are_cut_not_lost(void **state)
{
    (void)state;
    static char giant[100000];
    memset(giant, 'a', sizeof giant);
    assert_null(global_find(slice_of(giant, sizeof giant), S("system")));
    assert_int_equal(global_find(S("os"), slice_of(giant, sizeof giant))->use, GLOBAL_DANGEROUS);
    memset(giant, '.', sizeof giant);
    assert_null(global_find(slice_of(giant, sizeof giant), S("system")));
    assert_int_equal(global_find(S("collections"), slice_of(giant, sizeof giant))->use,
                     GLOBAL_DANGEROUS);
    assert_int_equal(find("m", "a.b.c.d.e.f.g.h.i")->use, GLOBAL_DANGEROUS);
    assert_null(find("m", "a.b.c.d.e.f.g.h"));
}

static void argument_rules_carry_what_breaking_them_means(void **state)
{
    (void)state;
    const struct global_rule *g = find("__builtin__", "getattr");
    assert_int_equal(g->args, GLOBAL_ARGS_GETATTR);
    assert_int_equal(g->severity, SEV_CRITICAL);
    assert_string_equal(global_rule_id(g), "model.pickle-indirection");
    assert_int_equal(find("torch.storage", "_load_from_bytes")->args, GLOBAL_ARGS_NESTED);
    assert_int_equal(find("numpy.core", "_ufunc_reconstruct")->args, GLOBAL_ARGS_RESOLVE);
    assert_int_equal(find("__torch__.torch.nn.modules.conv", "Conv2d")->args,
                     GLOBAL_ARGS_TORCHSCRIPT);
    assert_int_equal(find("__torch__.___torch_mangle_3", "Net")->args, GLOBAL_ARGS_TORCHSCRIPT);
    assert_int_equal(find("__torch__.mine", "Parallel")->args, GLOBAL_ARGS_TORCHSCRIPT);
    assert_string_equal(global_rule_id(find("io", "FileIO")), "model.pickle-file-access");
    assert_string_equal(global_rule_id(find("os", "system")), "model.pickle-exec");
    assert_string_equal(global_rule_id(find("os.environ", "get")), "model.pickle-suspicious");
}

static void cython_helpers_follow_their_class(void **state)
{
    (void)state;
    const struct global_rule *g = find("sklearn._loss._loss", "__pyx_unpickle_CyHalfBinomialLoss");
    assert_non_null(g);
    assert_int_equal(g->args, GLOBAL_ARGS_CLASS_FIRST);
    assert_null(find("vendor.tools", "__pyx_unpickle_Thing"));
    assert_null(find("sklearn._loss._loss", "__pyx_unpickle_"));
    assert_null(find("sklearn._loss._loss", "__pyx_unpickle___pyx_unpickle_CyHalfBinomialLoss"));
    assert_int_equal(find("os", "__pyx_unpickle_X")->use, GLOBAL_DANGEROUS);
}

static void state_that_is_executed_has_a_rule(void **state)
{
    (void)state;
    assert_int_equal(find("scipy.stats._continuous_distns", "norm_gen")->args,
                     GLOBAL_ARGS_DISTRIBUTION);
    assert_int_equal(find("scipy.stats._discrete_distns", "poisson_gen")->args,
                     GLOBAL_ARGS_DISTRIBUTION);
    assert_int_equal(find("statsmodels.base.data", "PandasData")->args, GLOBAL_ARGS_FORMULA);
    assert_string_equal(find("scipy.stats._continuous_distns", "norm_gen")->class_, "code-eval");
}

static void python_2_names_are_translated(void **state)
{
    (void)state;
    struct slice m = S("__builtin__"), n = S("xrange");
    global_modern(&m, &n);
    assert_slice(m, "builtins");
    assert_slice(n, "range");
    m = S("copy_reg"), n = S("_reconstructor");
    global_modern(&m, &n);
    assert_slice(m, "copyreg");
    assert_slice(n, "_reconstructor");
    m = S("numpy"), n = S("dtype");
    global_modern(&m, &n);
    assert_slice(m, "numpy");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_sorted_without_repeats),
        cmocka_unit_test(rows_are_well_formed),
        cmocka_unit_test(every_row_finds_itself),
        cmocka_unit_test(honest_globals_are_known),
        cmocka_unit_test(dangerous_globals_are_known),
        cmocka_unit_test(what_nobody_vetted_is_unknown),
        cmocka_unit_test(dotted_names_are_walked),
        cmocka_unit_test(exact_beats_wildcard_and_longest_module_wins),
        cmocka_unit_test(a_literal_star_is_no_wildcard),
        cmocka_unit_test(giant_names_are_cut_not_lost),
        cmocka_unit_test(argument_rules_carry_what_breaking_them_means),
        cmocka_unit_test(cython_helpers_follow_their_class),
        cmocka_unit_test(state_that_is_executed_has_a_rule),
        cmocka_unit_test(python_2_names_are_translated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
