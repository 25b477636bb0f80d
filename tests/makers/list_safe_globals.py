#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""list_safe_globals.py - writes rules/pickle-safe-frameworks.tsv.

Walks the frameworks that are installed (Debian: python3-sklearn -imblearn -torch -torchvision
-torchaudio -pandas -scipy -statsmodels), lists the classes and functions that honest pickles of
them name, and adds the names of older and newer releases. Not part of the build: run it by hand
with /usr/bin/python3 when a framework has moved, and read the difference before committing it.

    list_safe_globals.py RULES_DIR > pickle-safe-frameworks.tsv

What is left out, always: modules that load, open, fetch, compile or test; names that a row of the
hand-kept tables decides. A class is left out when one of the methods that a pickle can reach
(__new__, __init__, __setstate__, __setitem__, append, extend, add, __del__, __hash__, __eq__)
contains a call that evaluates, imports or opens something.
A whole module gets a wildcard only if every name in it that looks like a class belongs to the same
framework or to a harmless module of the standard library.
"""
import importlib
import inspect
import io
import contextlib
import pathlib
import pkgutil
import re
import sys
import types
import warnings

warnings.simplefilter("ignore")

ACTS = re.compile(r"\b(exec|eval|open|compile|__import__|import_module|load|loads|Popen|system|urlopen|"
                  r"dmatrices|dmatrix|fromfile|memmap|mkdir|makedirs|unlink|rmtree|from_string|"
                  r"Unpickler)\s*\(")
REACHED = ("__setstate__", "__setitem__", "append", "extend", "add", "__del__", "__hash__", "__eq__",
           "__init__", "__new__", "__iadd__", "__setattr__")
CLASS_LIKE = re.compile(r"^_?[A-Z]")
COMMON_SKIP = r"\.(tests?|testing|conftest|setup|__main__|_build_utils|externals|datasets?)(\.|$)"
HARMLESS_HOMES = ("abc", "numbers", "collections", "typing", "enum", "dataclasses", "decimal", "fractions",
                  "datetime", "builtins", "numpy", "scipy.sparse", "_thread", "string", "types", "math",
                  "sklearn", "torch", "itertools", "functools", "warnings", "operator", "uuid", "scipy.stats")

# package, what to skip, packages of which wildcards are wanted
PACKAGES = (
    ("sklearn", COMMON_SKIP + r"|_testing|_mocking|_show_versions|_joblib|estimator_checks|\.utils\.fixes|"
     r"\.utils\.parallel|\.utils\.deprecation|_estimator_html_repr|__check_build|\.experimental|\.utils\._pprint",
     ("sklearn",)),
    ("imblearn", COMMON_SKIP + r"|\.utils\.(_show|testing|estimator)|\.keras|\.tensorflow", ("imblearn",)),
    ("torch.nn", COMMON_SKIP + r"|\.parallel(\.|$)|parametrize|\.backends", ("torch.nn.modules", "torch.nn.intrinsic",
     "torch.nn.quantized", "torch.nn.qat", "torch.nn.quantizable")),
    ("torch.ao", COMMON_SKIP + r"|\.fx(\.|$)|pruning|backend_config|\._dbr|\.ns(\.|$)|quantize_(fx|jit)", ("torch.ao.nn",)),
    ("torch.quantization", COMMON_SKIP + r"|\.fx(\.|$)", ()),
    ("torch.optim", COMMON_SKIP, ("torch.optim",)),
    ("torch.distributions", COMMON_SKIP, ("torch.distributions",)),
    ("torch.utils.data", r"\.(communication|dataloader_experimental|datapipes|datasets|graph|_utils\.\w+|backward_compatibility|tests)(\.|$)|datapipe|"
     r"\.graph_settings", ()),
    ("torchvision", COMMON_SKIP + r"|\.io(\.|$)|\.extension|_meta_registrations|torchvision\._utils|\.prototype|\._api", ()),
    ("torchaudio", COMMON_SKIP + r"|\.(io|backend|sox_effects|utils|_extension|prototype|kaldi_io|_internal)(\.|$)", ()),
    ("numpy", COMMON_SKIP + r"|f2py|distutils|ctypeslib|\.lib\.(format|npyio|_datasource|utils|user_array)|\.compat|"
     r"_pyinstaller|_typing|\.typing|\.core\.(memmap|_internal|setup|cversions|generate|code_gen)|version|_distributor", ()),
    ("scipy", COMMON_SKIP + r"|\.io(\.|$)|\.misc|_testutils|weave|\.datasets|_ccallback|\.odr|uarray|_pep440|array_api|"
     r"doccer|\.(optimize|integrate|linalg|_lib|signal|fft|fftpack|ndimage|constants)(\.|$)|unuran", ()),
    ("pandas", COMMON_SKIP + r"|\.io(\.|$)|computation|plotting|\.util|compat|_testing|\._config|_version|"
     r"\.core\.(generic|config_init)|errors|\._libs\.(parsers|json|writers|ops_dispatch)|interchange|_numba", ()),
    ("statsmodels", COMMON_SKIP + r"|iolib|graphics|formula|sandbox|\.tools|examples|compat|resampling|miscmodels\.tmod|"
     r"base\.data|\.api|distributions\.copula|multivariate\.plots|\.archimedean|influence", ()),
)

# Functions that are kept as values: never called by an honest pickle.
FUNCTIONS = ("numpy", "sklearn.feature_selection", "sklearn.metrics", "sklearn.metrics.pairwise", "sklearn.metrics.cluster",
             "sklearn.preprocessing", "sklearn.utils", "sklearn.model_selection", "sklearn.covariance", "sklearn.neighbors",
             "sklearn.feature_extraction.text", "sklearn.linear_model", "sklearn.utils.validation", "sklearn.base",
             "sklearn.ensemble", "sklearn.decomposition", "sklearn.svm", "sklearn.isotonic",
             "torch.nn.functional", "torch.nn.init", "torch.utils.data", "torch.utils.data._utils.collate", "torch._C._nn",
             "torchvision.transforms.functional", "torchvision.ops", "torchvision.ops.boxes", "scipy.spatial.distance", "scipy.special", "scipy.stats", "numpy.linalg",
             "scipy.special._ufuncs", "pandas", "sklearn.utils.extmath", "sklearn.utils.sparsefuncs", "sklearn.gaussian_process.kernels")
NEVER = re.compile(r"^(load|save|open|read_|fetch|eval|query|exec|compile|run|test|from_?file|from_?regex|from_?iter|from_?function|"
                   r"from_?pyfunc|from_?buffer|loadtxt|genfromtxt|memmap|tofile|info|lookfor|source|who|show|get_include|"
                   r"deprecate|disp|safe_eval|set_|seterr|get_data|apply_|vectorize|piecewise|mafromtxt|ndfromtxt|recfrom|"
                   r"to_pickle|worker|default_loader|pil_loader|add_newdoc|add_docstring|byte_bounds|all_estimators|register|"
                   r"parallel_backend|config_context|import|download|HDFStore|ExcelFile|ExcelWriter|DataSource|Parallel|"
                   r"Memory|SystemExit|NpzFile|quad|minimize|root|fmin|solve_|basinhopping|brute|dual_annealing|shgo|"
                   r"differential_evolution|bootstrap|permutation_test|monte_carlo)", re.I)

# scikit-learn before 0.22 had public modules of other names: new module, old names.
OLD_SKLEARN = """
cluster._affinity_propagation cluster.affinity_propagation_
cluster._bicluster cluster.bicluster
cluster._birch cluster.birch
cluster._dbscan cluster.dbscan_
cluster._agglomerative cluster.hierarchical
cluster._feature_agglomeration cluster._feature_agglomeration
cluster._kmeans cluster.k_means_
cluster._mean_shift cluster.mean_shift_
cluster._optics cluster.optics_
cluster._spectral cluster.spectral
mixture._base mixture.base
mixture._gaussian_mixture mixture.gaussian_mixture
mixture._bayesian_mixture mixture.bayesian_mixture
covariance._empirical_covariance covariance.empirical_covariance_
covariance._graph_lasso covariance.graph_lasso_
covariance._robust_covariance covariance.robust_covariance
covariance._shrunk_covariance covariance.shrunk_covariance_
covariance._elliptic_envelope covariance.elliptic_envelope covariance.outlier_detection
cross_decomposition._pls cross_decomposition.pls_ cross_decomposition.cca_ cross_decomposition._cca
ensemble._bagging ensemble.bagging
ensemble._base ensemble.base
ensemble._forest ensemble.forest
ensemble._gb ensemble.gradient_boosting
ensemble._iforest ensemble.iforest
ensemble._voting ensemble.voting ensemble.voting_classifier
ensemble._weight_boosting ensemble.weight_boosting
ensemble._gb_losses ensemble._gb_losses
tree._classes tree.tree
tree._export tree.export
neural_network._rbm neural_network.rbm
neural_network._multilayer_perceptron neural_network.multilayer_perceptron
svm._base svm.base
svm._classes svm.classes
linear_model._base linear_model.base
linear_model._bayes linear_model.bayes
linear_model._coordinate_descent linear_model.coordinate_descent
linear_model._huber linear_model.huber
linear_model._least_angle linear_model.least_angle
linear_model._logistic linear_model.logistic
linear_model._omp linear_model.omp
linear_model._passive_aggressive linear_model.passive_aggressive
linear_model._perceptron linear_model.perceptron
linear_model._ransac linear_model.ransac
linear_model._ridge linear_model.ridge
linear_model._sag linear_model.sag
linear_model._sgd_fast linear_model.sgd_fast
linear_model._stochastic_gradient linear_model.stochastic_gradient
linear_model._theil_sen linear_model.theil_sen
metrics._scorer metrics.scorer
metrics._classification metrics.classification
metrics._regression metrics.regression
metrics._ranking metrics.ranking
metrics.cluster._supervised metrics.cluster.supervised
metrics.cluster._unsupervised metrics.cluster.unsupervised
metrics._dist_metrics neighbors.dist_metrics neighbors._dist_metrics
decomposition._base decomposition.base
decomposition._dict_learning decomposition.dict_learning
decomposition._factor_analysis decomposition.factor_analysis
decomposition._fastica decomposition.fastica_
decomposition._incremental_pca decomposition.incremental_pca
decomposition._kernel_pca decomposition.kernel_pca
decomposition._nmf decomposition.nmf
decomposition._lda decomposition.online_lda
decomposition._pca decomposition.pca
decomposition._sparse_pca decomposition.sparse_pca
decomposition._truncated_svd decomposition.truncated_svd
feature_extraction._dict_vectorizer feature_extraction.dict_vectorizer
feature_extraction._hash feature_extraction.hashing
feature_selection._base feature_selection.base
feature_selection._from_model feature_selection.from_model
feature_selection._mutual_info feature_selection.mutual_info_
feature_selection._rfe feature_selection.rfe
feature_selection._univariate_selection feature_selection.univariate_selection
feature_selection._variance_threshold feature_selection.variance_threshold
gaussian_process._gpc gaussian_process.gpc
gaussian_process._gpr gaussian_process.gpr
preprocessing._data preprocessing.data
preprocessing._label preprocessing.label
impute._base impute preprocessing.imputation
neighbors._base neighbors.base
neighbors._ball_tree neighbors.ball_tree
neighbors._classification neighbors.classification
neighbors._kd_tree neighbors.kd_tree
neighbors._kde neighbors.kde
neighbors._lof neighbors.lof
neighbors._nca neighbors.nca
neighbors._nearest_centroid neighbors.nearest_centroid
neighbors._quad_tree neighbors.quad_tree
neighbors._regression neighbors.regression
neighbors._unsupervised neighbors.unsupervised
manifold._isomap manifold.isomap
manifold._locally_linear manifold.locally_linear
manifold._mds manifold.mds
manifold._spectral_embedding manifold.spectral_embedding_
manifold._t_sne manifold.t_sne
semi_supervised._label_propagation semi_supervised.label_propagation
model_selection._search grid_search
model_selection._split cross_validation
discriminant_analysis lda qda
utils._bunch utils
"""

# Names of releases that are not installed: module, names.
OTHER = """
torch BFloat16Tensor BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor ShortTensor
torch.cuda BFloat16Tensor BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor ShortTensor
torch.distributed.checkpoint.metadata Metadata TensorStorageMetadata BytesStorageMetadata ChunkStorageMetadata TensorProperties MetadataIndex StorageMeta _MEM_FORMAT_ENCODING
torch.distributed.checkpoint.filesystem _StorageInfo _StoragePrefix
torch.distributed.tensor DTensor
torch.distributed.tensor._api DTensor
torch.distributed._tensor.api DTensor
torch.distributed.tensor._dtensor_spec DTensorSpec TensorMeta
torch.distributed._tensor._dtensor_spec DTensorSpec TensorMeta
torch.distributed._tensor.placement_types DTensorSpec TensorMeta Shard Replicate Partial _Partial
torch.distributed.tensor.placement_types Shard Replicate Partial _StridedShard
torch.distributed.device_mesh DeviceMesh
torch.distributed._shard.sharded_tensor.api ShardedTensor
torch.distributed._shard.sharded_tensor.shard Shard
torch.distributed._shard.sharded_tensor.metadata ShardedTensorMetadata TensorProperties MEM_FORMAT_ENCODING
torch.distributed._shard.metadata ShardMetadata
torch.distributed.fsdp.api ShardingStrategy BackwardPrefetch MixedPrecision CPUOffload StateDictType FullStateDictConfig ShardedStateDictConfig
torch.distributed.fsdp.fully_sharded_data_parallel ShardingStrategy BackwardPrefetch MixedPrecision CPUOffload StateDictType
torch.nested._internal.nested_tensor NestedTensor
torch.amp.autocast_mode autocast
numpy.ma MaskedArray
numpy.exceptions AxisError ComplexWarning RankWarning TooHardError VisibleDeprecationWarning DTypePromotionError
pandas DataFrame Series Index MultiIndex RangeIndex CategoricalIndex DatetimeIndex TimedeltaIndex PeriodIndex IntervalIndex Int64Index Float64Index UInt64Index Categorical Timestamp Timedelta Period Interval NaTType DateOffset Grouper NamedAgg Flags CategoricalDtype DatetimeTZDtype PeriodDtype IntervalDtype SparseDtype StringDtype BooleanDtype ArrowDtype Int8Dtype Int16Dtype Int32Dtype Int64Dtype UInt8Dtype UInt16Dtype UInt32Dtype UInt64Dtype Float32Dtype Float64Dtype
pandas.api.typing NaTType NAType
pandas.arrays ArrowExtensionArray ArrowStringArray BooleanArray Categorical DatetimeArray FloatingArray IntegerArray IntervalArray NumpyExtensionArray PandasArray PeriodArray SparseArray StringArray TimedeltaArray
xgboost.callback EarlyStopping EvaluationMonitor LearningRateScheduler TrainingCallback CallbackContainer
transformers.models.bert.configuration_bert BertConfig
transformers.models.bert.tokenization_bert_fast BertTokenizerFast
transformers.models.bert.tokenization_bert BertTokenizer
transformers.models.roberta.configuration_roberta RobertaConfig
transformers.models.roberta.tokenization_roberta_fast RobertaTokenizerFast
transformers.models.roberta.tokenization_roberta RobertaTokenizer
transformers.models.distilbert.configuration_distilbert DistilBertConfig
transformers.models.distilbert.tokenization_distilbert_fast DistilBertTokenizerFast
transformers.models.distilbert.tokenization_distilbert DistilBertTokenizer
transformers.models.gpt2.configuration_gpt2 GPT2Config
transformers.models.gpt2.tokenization_gpt2_fast GPT2TokenizerFast
transformers.models.gpt2.tokenization_gpt2 GPT2Tokenizer
transformers.models.t5.configuration_t5 T5Config
transformers.models.t5.tokenization_t5_fast T5TokenizerFast
transformers.models.t5.tokenization_t5 T5Tokenizer
transformers.models.bart.configuration_bart BartConfig
transformers.models.bart.tokenization_bart_fast BartTokenizerFast
transformers.models.bart.tokenization_bart BartTokenizer
transformers.models.llama.configuration_llama LlamaConfig
transformers.models.llama.tokenization_llama_fast LlamaTokenizerFast
transformers.models.llama.tokenization_llama LlamaTokenizer
transformers.models.mistral.configuration_mistral MistralConfig
transformers.models.mistral.tokenization_mistral_fast MistralTokenizerFast
transformers.models.mistral.tokenization_mistral MistralTokenizer
transformers.models.mixtral.configuration_mixtral MixtralConfig
transformers.models.mixtral.tokenization_mixtral_fast MixtralTokenizerFast
transformers.models.mixtral.tokenization_mixtral MixtralTokenizer
transformers.models.qwen2.configuration_qwen2 Qwen2Config
transformers.models.qwen2.tokenization_qwen2_fast Qwen2TokenizerFast
transformers.models.qwen2.tokenization_qwen2 Qwen2Tokenizer
transformers.models.gemma.configuration_gemma GemmaConfig
transformers.models.gemma.tokenization_gemma_fast GemmaTokenizerFast
transformers.models.gemma.tokenization_gemma GemmaTokenizer
transformers.models.phi.configuration_phi PhiConfig
transformers.models.phi.tokenization_phi_fast PhiTokenizerFast
transformers.models.phi.tokenization_phi PhiTokenizer
transformers.models.vit.configuration_vit ViTConfig
transformers.models.vit.tokenization_vit_fast ViTTokenizerFast
transformers.models.vit.tokenization_vit ViTTokenizer
transformers.models.clip.configuration_clip CLIPConfig
transformers.models.clip.tokenization_clip_fast CLIPTokenizerFast
transformers.models.clip.tokenization_clip CLIPTokenizer
transformers.models.wav2vec2.configuration_wav2vec2 Wav2Vec2Config
transformers.models.wav2vec2.tokenization_wav2vec2_fast Wav2Vec2TokenizerFast
transformers.models.wav2vec2.tokenization_wav2vec2 Wav2Vec2Tokenizer
transformers.models.whisper.configuration_whisper WhisperConfig
transformers.models.whisper.tokenization_whisper_fast WhisperTokenizerFast
transformers.models.whisper.tokenization_whisper WhisperTokenizer
transformers.models.xlm_roberta.configuration_xlm_roberta XLMRobertaConfig
transformers.models.xlm_roberta.tokenization_xlm_roberta_fast XLMRobertaTokenizerFast
transformers.models.xlm_roberta.tokenization_xlm_roberta XLMRobertaTokenizer
transformers.models.albert.configuration_albert AlbertConfig
transformers.models.albert.tokenization_albert_fast AlbertTokenizerFast
transformers.models.albert.tokenization_albert AlbertTokenizer
transformers.models.electra.configuration_electra ElectraConfig
transformers.models.electra.tokenization_electra_fast ElectraTokenizerFast
transformers.models.electra.tokenization_electra ElectraTokenizer
transformers.models.deberta_v2.configuration_deberta_v2 DebertaV2Config
transformers.models.deberta_v2.tokenization_deberta_v2_fast DebertaV2TokenizerFast
transformers.models.deberta_v2.tokenization_deberta_v2 DebertaV2Tokenizer
transformers.models.gpt_neo.configuration_gpt_neo GPTNeoConfig
transformers.models.gpt_neo.tokenization_gpt_neo_fast GPTNeoTokenizerFast
transformers.models.gpt_neo.tokenization_gpt_neo GPTNeoTokenizer
transformers.models.gptj.configuration_gptj GPTJConfig
transformers.models.gptj.tokenization_gptj_fast GPTJTokenizerFast
transformers.models.gptj.tokenization_gptj GPTJTokenizer
transformers.models.opt.configuration_opt OPTConfig
transformers.models.opt.tokenization_opt_fast OPTTokenizerFast
transformers.models.opt.tokenization_opt OPTTokenizer
transformers.models.bloom.configuration_bloom BloomConfig
transformers.models.bloom.tokenization_bloom_fast BloomTokenizerFast
transformers.models.bloom.tokenization_bloom BloomTokenizer
transformers.models.marian.configuration_marian MarianConfig
transformers.models.marian.tokenization_marian_fast MarianTokenizerFast
transformers.models.marian.tokenization_marian MarianTokenizer
transformers.models.mbart.configuration_mbart MBartConfig
transformers.models.mbart.tokenization_mbart_fast MBartTokenizerFast
transformers.models.mbart.tokenization_mbart MBartTokenizer
transformers.models.pegasus.configuration_pegasus PegasusConfig
transformers.models.pegasus.tokenization_pegasus_fast PegasusTokenizerFast
transformers.models.pegasus.tokenization_pegasus PegasusTokenizer
transformers.models.longformer.configuration_longformer LongformerConfig
transformers.models.longformer.tokenization_longformer_fast LongformerTokenizerFast
transformers.models.longformer.tokenization_longformer LongformerTokenizer
transformers.models.camembert.configuration_camembert CamembertConfig
transformers.models.camembert.tokenization_camembert_fast CamembertTokenizerFast
transformers.models.camembert.tokenization_camembert CamembertTokenizer
transformers.models.mpnet.configuration_mpnet MPNetConfig
transformers.models.mpnet.tokenization_mpnet_fast MPNetTokenizerFast
transformers.models.mpnet.tokenization_mpnet MPNetTokenizer
transformers.models.swin.configuration_swin SwinConfig
transformers.models.swin.tokenization_swin_fast SwinTokenizerFast
transformers.models.swin.tokenization_swin SwinTokenizer
transformers.models.beit.configuration_beit BeitConfig
transformers.models.beit.tokenization_beit_fast BeitTokenizerFast
transformers.models.beit.tokenization_beit BeitTokenizer
transformers.models.deit.configuration_deit DeiTConfig
transformers.models.deit.tokenization_deit_fast DeiTTokenizerFast
transformers.models.deit.tokenization_deit DeiTTokenizer
transformers.models.segformer.configuration_segformer SegformerConfig
transformers.models.segformer.tokenization_segformer_fast SegformerTokenizerFast
transformers.models.segformer.tokenization_segformer SegformerTokenizer
transformers.models.detr.configuration_detr DetrConfig
transformers.models.detr.tokenization_detr_fast DetrTokenizerFast
transformers.models.detr.tokenization_detr DetrTokenizer
transformers.models.blip.configuration_blip BlipConfig
transformers.models.blip.tokenization_blip_fast BlipTokenizerFast
transformers.models.blip.tokenization_blip BlipTokenizer
transformers.models.layoutlm.configuration_layoutlm LayoutLMConfig
transformers.models.layoutlm.tokenization_layoutlm_fast LayoutLMTokenizerFast
transformers.models.layoutlm.tokenization_layoutlm LayoutLMTokenizer
transformers.models.falcon.configuration_falcon FalconConfig
transformers.models.falcon.tokenization_falcon_fast FalconTokenizerFast
transformers.models.falcon.tokenization_falcon FalconTokenizer
transformers.models.bert.modeling_bert BertModel BertEmbeddings BertEncoder BertLayer BertAttention BertSelfAttention BertSdpaSelfAttention BertSelfOutput BertIntermediate BertOutput BertPooler BertPreTrainedModel BertForSequenceClassification BertForTokenClassification BertForQuestionAnswering BertForMaskedLM BertLMHeadModel BertPredictionHeadTransform BertLMPredictionHead BertOnlyMLMHead BertPreTrainingHeads
transformers.models.roberta.modeling_roberta RobertaModel RobertaEmbeddings RobertaEncoder RobertaLayer RobertaAttention RobertaSelfAttention RobertaSdpaSelfAttention RobertaSelfOutput RobertaIntermediate RobertaOutput RobertaPooler RobertaForSequenceClassification RobertaForTokenClassification RobertaForQuestionAnswering RobertaForMaskedLM RobertaClassificationHead RobertaLMHead
transformers.models.xlm_roberta.modeling_xlm_roberta XLMRobertaModel XLMRobertaEmbeddings XLMRobertaEncoder XLMRobertaLayer XLMRobertaAttention XLMRobertaSelfAttention XLMRobertaSdpaSelfAttention XLMRobertaSelfOutput XLMRobertaIntermediate XLMRobertaOutput XLMRobertaPooler XLMRobertaForSequenceClassification XLMRobertaForTokenClassification XLMRobertaForQuestionAnswering XLMRobertaForMaskedLM XLMRobertaClassificationHead XLMRobertaLMHead
transformers.models.gpt2.modeling_gpt2 GPT2Model GPT2Attention GPT2MLP GPT2Block GPT2LMHeadModel GPT2ForSequenceClassification GPT2SdpaAttention
transformers.models.distilbert.modeling_distilbert DistilBertModel Embeddings MultiHeadSelfAttention FFN TransformerBlock Transformer DistilBertForSequenceClassification DistilBertForQuestionAnswering DistilBertForTokenClassification DistilBertForMaskedLM DistilBertSdpaAttention
transformers.models.gpt2.modeling_gpt2 Conv1D
transformers.pytorch_utils Conv1D
transformers.modeling_utils Conv1D
transformers.activations GELUActivation NewGELUActivation FastGELUActivation QuickGELUActivation SiLUActivation PytorchGELUTanh LinearActivation MishActivation ReLUSquaredActivation
sentence_transformers.models.Transformer Transformer
sentence_transformers.models.Pooling Pooling
sentence_transformers.models.Normalize Normalize
sentence_transformers.models.Dense Dense
sklearn.preprocessing.imputation Imputer
sklearn.preprocessing._encoders CategoricalEncoder
sklearn.mixture.gmm GMM
sklearn.mixture.dpgmm DPGMM VBGMM
sklearn.gaussian_process.gaussian_process GaussianProcess
sklearn.linear_model.randomized_l1 RandomizedLasso RandomizedLogisticRegression
sklearn.decomposition.pca RandomizedPCA
sklearn.decomposition.nmf ProjectedGradientNMF
sklearn.cluster.k_means_ MiniBatchKMeans
sklearn.cross_validation KFold StratifiedKFold ShuffleSplit StratifiedShuffleSplit LeaveOneOut
sklearn.lda LDA
sklearn.qda QDA
sklearn.grid_search GridSearchCV RandomizedSearchCV ParameterGrid _CVScoreTuple
sklearn.model_selection._search _CVScoreTuple
sklearn.ensemble.gradient_boosting BinomialDeviance MultinomialDeviance LeastSquaresError LeastAbsoluteError HuberLossFunction QuantileLossFunction ExponentialLoss QuantileEstimator MeanEstimator LogOddsEstimator PriorProbabilityEstimator ZeroEstimator ScaledLogOddsEstimator LossFunction RegressionLossFunction ClassificationLossFunction VerboseReporter
sklearn.ensemble._gb_losses BinomialDeviance MultinomialDeviance LeastSquaresError LeastAbsoluteError HuberLossFunction QuantileLossFunction ExponentialLoss
sklearn.ensemble._gb BinomialDeviance MultinomialDeviance LeastSquaresError VerboseReporter
sklearn.ensemble._hist_gradient_boosting.loss LeastSquares BinaryCrossEntropy CategoricalCrossEntropy LeastAbsoluteDeviation Poisson
sklearn.ensemble._hist_gradient_boosting.binning _BinMapper
sklearn.ensemble._hist_gradient_boosting.predictor TreePredictor
sklearn.ensemble._hist_gradient_boosting.utils G_H_DTYPE X_DTYPE
sklearn.tree._criterion Gini Entropy MSE MAE FriedmanMSE Poisson
sklearn.tree._splitter BestSplitter RandomSplitter BestSparseSplitter RandomSparseSplitter
sklearn.tree._tree Tree DepthFirstTreeBuilder BestFirstTreeBuilder
sklearn.utils._metadata_requests MetadataRequest MethodMetadataRequest MetadataRouter MethodMapping MethodPair RequestMethod
sklearn.utils._tags Tags TargetTags InputTags ClassifierTags RegressorTags TransformerTags
sklearn.metrics._scorer _Scorer _PassthroughScorer _MultimetricScorer _CurveScorer _PredictScorer _ProbaScorer _ThresholdScorer
sklearn.model_selection._classification_threshold FixedThresholdClassifier TunedThresholdClassifierCV
sklearn.frozen._frozen FrozenEstimator
sklearn.preprocessing._target_encoder TargetEncoder
sklearn.cluster._hdbscan.hdbscan HDBSCAN
sklearn._loss.loss BaseLoss HalfSquaredError AbsoluteError PinballLoss HuberLoss HalfPoissonLoss HalfGammaLoss HalfTweedieLoss HalfTweedieLossIdentity HalfBinomialLoss HalfMultinomialLoss ExponentialLoss
sklearn._loss._loss CyHalfSquaredError CyAbsoluteError CyPinballLoss CyHuberLoss CyHalfPoissonLoss CyHalfGammaLoss CyHalfTweedieLoss CyHalfTweedieLossIdentity CyHalfBinomialLoss CyExponentialLoss CyHalfMultinomialLoss
sklearn._loss.link BaseLink IdentityLink LogLink LogitLink HalfLogitLink MultinomialLogit Interval
sklearn.linear_model._sgd_fast Hinge SquaredHinge Log SquaredLoss Huber EpsilonInsensitive SquaredEpsilonInsensitive ModifiedHuber LossFunction Classification Regression
sklearn.linear_model.sgd_fast Hinge SquaredHinge Log SquaredLoss Huber EpsilonInsensitive SquaredEpsilonInsensitive ModifiedHuber LossFunction Classification Regression
sklearn.metrics._dist_metrics DistanceMetric DistanceMetric32 DistanceMetric64 EuclideanDistance EuclideanDistance32 EuclideanDistance64 ManhattanDistance ManhattanDistance64 MinkowskiDistance MinkowskiDistance64 ChebyshevDistance HaversineDistance CanberraDistance BrayCurtisDistance HammingDistance JaccardDistance MahalanobisDistance SEuclideanDistance
sklearn.neighbors._dist_metrics DistanceMetric EuclideanDistance ManhattanDistance MinkowskiDistance ChebyshevDistance HaversineDistance WMinkowskiDistance
sklearn.neighbors.dist_metrics DistanceMetric EuclideanDistance ManhattanDistance MinkowskiDistance ChebyshevDistance HaversineDistance WMinkowskiDistance
sklearn.neighbors._kd_tree KDTree KDTree32 KDTree64 NodeHeap NodeData
sklearn.neighbors._ball_tree BallTree BallTree32 BallTree64
sklearn.neighbors.kd_tree KDTree
sklearn.neighbors.ball_tree BallTree
sklearn.neural_network._stochastic_optimizers AdamOptimizer SGDOptimizer BaseOptimizer
sklearn.svm.classes SVC NuSVC SVR NuSVR LinearSVC LinearSVR OneClassSVM
sklearn.hmm GaussianHMM MultinomialHMM GMMHMM
sklearn.naive_bayes GaussianNB MultinomialNB BernoulliNB ComplementNB CategoricalNB
sklearn.utils.__init__ Bunch
sklearn.datasets.base Bunch
sklearn.datasets._base Bunch
numpy.dtypes BoolDType Int8DType UInt8DType Int16DType UInt16DType Int32DType UInt32DType Int64DType UInt64DType LongDType ULongDType LongLongDType ULongLongDType IntDType UIntDType Float16DType Float32DType Float64DType LongDoubleDType Complex64DType Complex128DType CLongDoubleDType ObjectDType BytesDType StrDType VoidDType DateTime64DType TimeDelta64DType StringDType ByteDType UByteDType ShortDType UShortDType
numpy.random._mt19937 MT19937
numpy.random._pcg64 PCG64 PCG64DXSM
numpy.random._philox Philox
numpy.random._sfc64 SFC64
numpy.random._generator Generator
numpy.random.mtrand RandomState
numpy.random.bit_generator SeedSequence
numpy.random._bit_generator SeedSequence BitGenerator
numpy.matrixlib.defmatrix matrix
numpy.core.records recarray record
numpy._core.records recarray record
numpy.rec recarray record
numpy.core.defchararray chararray
numpy.char chararray
numpy._core._exceptions _UFuncNoLoopError _ArrayMemoryError
scipy.stats.distributions rv_frozen
scipy.stats.kde gaussian_kde
scipy.interpolate.interpolate interp1d interp2d PPoly BPoly NdPPoly
scipy.interpolate.fitpack2 UnivariateSpline InterpolatedUnivariateSpline LSQUnivariateSpline SmoothBivariateSpline RectBivariateSpline BivariateSpline LSQBivariateSpline
scipy.interpolate.polyint BarycentricInterpolator KroghInterpolator
scipy.interpolate.rbf Rbf
scipy.interpolate.ndgriddata NearestNDInterpolator
scipy.interpolate.interpnd LinearNDInterpolator CloughTocher2DInterpolator NDInterpolatorBase
scipy.spatial.ckdtree cKDTree cKDTreeNode
scipy.spatial._ckdtree cKDTree cKDTreeNode
scipy.spatial.kdtree KDTree
scipy.spatial.qhull Delaunay ConvexHull Voronoi HalfspaceIntersection
scipy.spatial.transform.rotation Rotation Slerp
scipy.spatial.transform._rotation Rotation Slerp
scipy.sparse.bsr bsr_matrix
scipy.sparse.coo coo_matrix
scipy.sparse.csc csc_matrix
scipy.sparse.csr csr_matrix
scipy.sparse.dia dia_matrix
scipy.sparse.dok dok_matrix
scipy.sparse.lil lil_matrix
scipy.sparse._arrays csr_array csc_array coo_array bsr_array dia_array dok_array lil_array
scipy.sparse._bsr bsr_array bsr_matrix
scipy.sparse._coo coo_array coo_matrix
scipy.sparse._csc csc_array csc_matrix
scipy.sparse._csr csr_array csr_matrix
scipy.sparse._dia dia_array dia_matrix
scipy.sparse._dok dok_array dok_matrix
scipy.sparse._lil lil_array lil_matrix
scipy.sparse._matrix spmatrix
scipy.sparse csr_matrix csc_matrix coo_matrix bsr_matrix dia_matrix dok_matrix lil_matrix
scipy.optimize.optimize OptimizeResult
scipy.optimize._optimize OptimizeResult
scipy.optimize.linesearch LineSearchWarning
scipy.signal.ltisys TransferFunction StateSpace ZerosPolesGain lti dlti
pandas.core.internals BlockManager SingleBlockManager FloatBlock IntBlock ObjectBlock BoolBlock CategoricalBlock DatetimeBlock
pandas.core.internals.managers BlockManager SingleBlockManager ArrayManager SingleArrayManager
pandas.core.index Index Int64Index Float64Index MultiIndex RangeIndex CategoricalIndex DatetimeIndex UInt64Index FrozenList FrozenNDArray
pandas.indexes.base Index
pandas.indexes.numeric Int64Index Float64Index UInt64Index
pandas.indexes.range RangeIndex
pandas.indexes.multi MultiIndex
pandas.indexes.category CategoricalIndex
pandas.core.indexes.numeric Int64Index Float64Index UInt64Index NumericIndex
pandas.core.indexes.frozen FrozenList FrozenNDArray
pandas.core.categorical Categorical
pandas.core.arrays.numpy_ PandasArray PandasDtype NumpyExtensionArray
pandas.core.dtypes.dtypes CategoricalDtype DatetimeTZDtype PeriodDtype IntervalDtype NumpyEADtype PandasDtype ArrowDtype SparseDtype BaseMaskedDtype
pandas.core.arrays.sparse SparseArray SparseDtype
pandas.core.arrays.string_ StringDtype StringArray ArrowStringArrayNumpySemantics
pandas.core.arrays.string_arrow ArrowStringArray ArrowStringArrayNumpySemantics
pandas.core.arrays.arrow.array ArrowExtensionArray
pandas.core.arrays.arrow.dtype ArrowDtype
pandas.tseries.index DatetimeIndex
pandas.tseries.tdi TimedeltaIndex
pandas.tseries.period PeriodIndex
pandas.tslib Timestamp Timedelta NaTType
pandas._tslib Timestamp Timedelta NaTType
pandas._libs.tslib Timestamp Timedelta NaTType
pandas._period Period
pandas._libs.period Period
pandas.sparse.series SparseSeries
pandas.sparse.frame SparseDataFrame
pandas.core.sparse.series SparseSeries
pandas.core.sparse.frame SparseDataFrame
pandas._libs.tslibs.timestamps Timestamp
pandas._libs.tslibs.timedeltas Timedelta
pandas._libs.tslibs.nattype NaTType
pandas._libs.missing NAType
pandas._libs.interval Interval
pandas._libs.sparse IntIndex BlockIndex
pandas._libs.tslibs.period Period
pandas.core.generic NDFrame
pandas.core.groupby.groupby GroupBy
pandas.core.frame DataFrame
pandas.core.series Series TimeSeries
torch.optim.adafactor Adafactor
torch.optim._adafactor Adafactor
torch.optim._muon Muon
torch.optim.swa_utils AveragedModel SWALR
torch.cuda.amp.grad_scaler GradScaler OptState
torch.amp.grad_scaler GradScaler OptState
torch.nn.parallel.data_parallel DataParallel
torch.utils.hooks RemovableHandle BackwardHook
torch.nn.modules.module Module _WrappedHook _IncompatibleKeys
torch.nn.attention SDPBackend
torch.nn.attention.bias CausalBias CausalVariant
torch.nn.utils.weight_norm WeightNorm
torch.nn.utils.spectral_norm SpectralNorm SpectralNormStateDictHook SpectralNormLoadStateDictPreHook
torch.utils.data.dataset ConcatDataset Dataset IterableDataset Subset TensorDataset ChainDataset StackDataset
torch._C _VariableFunctionsClass _TensorBase TensorBase
torch.ao.nn.quantized.modules.linear Linear LinearPackedParams
torch.nn.modules.activation Mish Hardswish SiLU
torch.utils.data._utils.collate default_collate default_convert
torch.utils.data.sampler Sampler BatchSampler RandomSampler SequentialSampler SubsetRandomSampler WeightedRandomSampler
torch.nn.modules.rnn RNNBase LSTM GRU RNN LSTMCell GRUCell RNNCell
statsmodels.base.wrapper ResultsWrapper
statsmodels.tools.tools Bunch
statsmodels.tools.bunch Bunch
scipy.signal._ltisys TransferFunctionContinuous TransferFunctionDiscrete StateSpaceContinuous StateSpaceDiscrete ZerosPolesGainContinuous ZerosPolesGainDiscrete LinearTimeInvariant lti dlti
scipy.signal.ltisys TransferFunctionContinuous TransferFunctionDiscrete StateSpaceContinuous StateSpaceDiscrete ZerosPolesGainContinuous ZerosPolesGainDiscrete
scipy.optimize._optimize OptimizeResult
scipy.optimize._lbfgsb_py LbfgsInvHessProduct
statsmodels.tools.decorators ResettableCache CachedAttribute
statsmodels.tools.sm_exceptions ConvergenceWarning
timm.models.vision_transformer VisionTransformer Block Attention LayerScale ParallelBlock
timm.models.layers.patch_embed PatchEmbed
timm.layers.patch_embed PatchEmbed
timm.models.layers.mlp Mlp
timm.layers.mlp Mlp
timm.models.layers.drop DropPath
timm.layers.drop DropPath
timm.models.efficientnet EfficientNet
timm.models._efficientnet_blocks ConvBnAct DepthwiseSeparableConv InvertedResidual SqueezeExcite
timm.models.efficientnet_blocks ConvBnAct DepthwiseSeparableConv InvertedResidual SqueezeExcite
timm.models.resnet ResNet BasicBlock Bottleneck
timm.models.layers.conv2d_same Conv2dSame
timm.layers.conv2d_same Conv2dSame
timm.layers.norm_act BatchNormAct2d
timm.models.layers.norm_act BatchNormAct2d
timm.models.layers.adaptive_avgmax_pool SelectAdaptivePool2d FastAdaptiveAvgPool2d
timm.layers.adaptive_avgmax_pool SelectAdaptivePool2d FastAdaptiveAvgPool2d
timm.models.layers.activations Swish
timm.layers.activations Swish
efficientnet_pytorch.model EfficientNet MBConvBlock
efficientnet_pytorch.utils Conv2dStaticSamePadding Conv2dDynamicSamePadding MemoryEfficientSwish Swish BlockArgs GlobalParams
segmentation_models_pytorch.unet.model Unet
segmentation_models_pytorch.decoders.unet.model Unet
"""


def modules_of(package, skip):
    try:
        root = importlib.import_module(package)
    except ImportError:
        print(f"{package}: not installed", file=sys.stderr)
        return
    yield root
    for info in pkgutil.walk_packages(root.__path__, package + ".", onerror=lambda name: None):
        if re.search(skip, info.name):
            continue
        try:
            yield importlib.import_module(info.name)
        except BaseException as error:  # noqa: some modules exit on import
            print(f"{info.name}: {type(error).__name__}", file=sys.stderr)


def acts(cls):
    for name in REACHED:
        function = cls.__dict__.get(name)
        function = getattr(function, "__func__", function)
        if not inspect.isfunction(function):
            continue
        try:
            source = inspect.getsource(function)
        except (OSError, TypeError):
            continue
        code = re.sub(r'("""|\'\'\').*?\1|#[^\n]*', "", source, flags=re.S)
        if ACTS.search(code):
            return name
    return None


class Rows:
    def __init__(self, hand):
        self.rows = {}
        self.hand = hand  # (module, name) that the hand-kept tables decide
        self.dangerous_modules = set()

    def add(self, module, name, use):
        if (module, name) in self.hand:
            return
        if any((module[:i], "*") in self.hand for i, c in enumerate(module + ".") if c == "."):
            covered = [p for p in prefixes(module) if (p, "*") in self.hand]
            if covered and not self.allowed(module, name):
                return
        if not re.fullmatch(r"[A-Za-z_]\w*(\.\w+)*|\*", name) or "<locals>" in name:
            return
        self.rows.setdefault((module, name), use)

    def allowed(self, module, name):
        return (module, name) in EXPLICIT

    def write(self, out):
        lines = {}
        for (module, name), use in self.rows.items():
            lines.setdefault((module, use), set()).add(name)
        for (module, use) in sorted(lines):
            names = lines[module, use]
            if "*" in names:  # the wildcard speaks for them
                names = {n for n in names if n == "*" or not CLASS_LIKE.match(n) or "." in n}
            out.write(f"{module}\t{' '.join(sorted(names))}\t{use}\t\n")


def prefixes(module):
    parts = module.split(".")
    return [".".join(parts[:i]) for i in range(len(parts), 0, -1)]


EXPLICIT = set()
# Left out by the pattern, looked at and found harmless.
REFUSED = {("torch.utils.data.dataloader", "_BaseDataLoaderIter"),  # iterating runs the functions of its state
           ("torch.utils.data.dataloader", "_SingleProcessDataLoaderIter"),
           ("torch.utils.data.dataloader", "_MultiProcessingDataLoaderIter")}
REVIEWED = {("statsmodels.tsa.ar_model", "AutoReg")}


def use_of(cls):
    for base in cls.__mro__:
        if base.__name__ == "rv_generic":
            return "args:distribution"
        if base.__name__ == "ModelData" and base.__module__.startswith("statsmodels"):
            return "args:formula"
    return "class"


def add_classes(rows, package, skip, wild):
    for module in modules_of(package, skip):
        clean = True
        for name, value in sorted(vars(module).items(), key=lambda kv: kv[0]):
            if not isinstance(value, type):
                continue
            home = value.__module__ or ""
            inside = (home + ".").startswith(package.split(".")[0] + ".") and not re.search(skip, home)
            if (home, name) in REFUSED:
                continue
            if home == module.__name__ and (not acts(value) or (home, name) in REVIEWED):
                rows.add(home, value.__qualname__, use_of(value))
            elif home == module.__name__:
                print(f"left out: {home}.{value.__qualname__}: {acts(value)}", file=sys.stderr)
            if CLASS_LIKE.match(name) and (acts(value) or not (inside or home.startswith(HARMLESS_HOMES))):
                clean = False
        mine = [v for v in vars(module).values() if isinstance(v, type) and v.__module__ == module.__name__]
        inside = any((module.__name__ + ".").startswith(w + ".") for w in wild)
        if inside and clean and mine and all(use_of(v) == "class" for v in mine):
            rows.add(module.__name__, "*", "class")


def add_functions(rows, package):
    try:
        module = importlib.import_module(package)
    except ImportError:
        return
    for name in sorted(getattr(module, "__all__", None) or vars(module)):
        value = getattr(module, name, None)
        if name.startswith("_") or NEVER.match(name) or isinstance(value, (type, types.ModuleType)):
            continue
        if type(value).__name__ == "ufunc":
            rows.add(package, name, "call")
            continue
        if "function" not in type(value).__name__ and "method" not in type(value).__name__:
            continue  # objects that can be called are pickled as objects
        home = getattr(value, "__module__", None) or package
        real = getattr(value, "__qualname__", None) or getattr(value, "__name__", name)
        if home.split(".")[0] != package.split(".")[0] or "." in real or real.startswith("_"):
            continue
        rows.add(home, real, "ref")


def add_numpy(rows):
    import numpy as np
    for name in sorted(set(dir(np))):
        value = getattr(np, name, None)
        if type(value).__name__ == "ufunc":
            for module in ("numpy", "numpy.core._multiarray_umath", "numpy._core._multiarray_umath", "numpy.core.umath",
                           "numpy._core.umath"):
                rows.add(module, name, "call")
                rows.add(module, value.__name__, "call")
        elif isinstance(value, type) and issubclass(value, np.generic):
            rows.add("numpy", name, "class")
            rows.add("numpy", value.__name__, "class")
    for name in "bool long ulong bool8 int0 float128 complex256 longlong ulonglong str object".split():
        rows.add("numpy", name, "class")
    for name in "ndarray dtype ufunc matrix recarray record chararray generic finfo iinfo broadcast flatiter nditer".split():
        rows.add("numpy", name, "class")
    for (module, name), use in list(rows.rows.items()):
        if module == "numpy.core" or module.startswith("numpy.core."):
            rows.add(module.replace("numpy.core", "numpy._core", 1), name, use)


def add_old_sklearn(rows):
    for line in OLD_SKLEARN.split("\n"):
        new, *olds = line.split()or [""]
        for (module, name), use in list(rows.rows.items()):
            if module == "sklearn." + new and name != "*":
                for old in olds:
                    rows.add("sklearn." + old, name, use)


def add_old_pandas(rows):
    try:
        from pandas.compat.pickle_compat import _class_locations_map
    except ImportError:
        return
    for (module, name), (new_module, new_name) in _class_locations_map.items():
        if re.match(r"^_?[A-Z]", name):
            rows.add(module, name, "class")


def add_scipy_distributions(rows):
    """Before 0.14 all distributions lived in one module, and newer private modules keep their names."""
    for (module, name), use in list(rows.rows.items()):
        if module in ("scipy.stats._continuous_distns", "scipy.stats._discrete_distns"):
            rows.add("scipy.stats.distributions", name, use)


def hand_rows(folder):
    rows = set()
    for path in [folder / "pickle-dangerous.tsv", folder / "pickle-safe.tsv"]:
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.strip() and not line.startswith(("#", "module\t")):
                module, names = line.split("\t")[:2]
                rows.update((module, n) for n in names.split())
    return rows


HEAD = """# Globals of the large frameworks that honest pickles need: made by tests/makers/list_safe_globals.py, which says how they
# were chosen; do not edit by hand. Columns as in pickle-safe.tsv.
module\tname\tuse\tnote
"""


def main():
    rows = Rows(hand_rows(pathlib.Path(sys.argv[1])))
    for line in OTHER.split("\n"):
        module, *names = line.split() or [""]
        EXPLICIT.update((module, n) for n in names)
    noise = io.StringIO()
    with contextlib.redirect_stdout(noise):  # some modules print when imported
        for package, skip, wild in PACKAGES:
            add_classes(rows, package, skip, wild)
        for package in FUNCTIONS:
            add_functions(rows, package)
        for module, name in sorted(EXPLICIT):
            rows.add(module, name, "class" if CLASS_LIKE.match(name) or "Tree" in name or name.endswith(("matrix", "array"))
                     or name in ("record", "rv_frozen", "interp1d", "interp2d", "lti", "dlti", "gaussian_kde") else "ref")
        add_old_sklearn(rows)
        add_old_pandas(rows)
        add_scipy_distributions(rows)
        add_numpy(rows)
    sys.stdout.write(HEAD)
    rows.write(sys.stdout)


if __name__ == "__main__":
    main()
