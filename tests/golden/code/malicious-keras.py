"""Churn model service."""
import keras
import tensorflow as tf
from keras.models import load_model
from tensorflow.keras import models as kmodels

keras.config.enable_unsafe_deserialization()  # expect: code.keras-unsafe-mode


def load_new(path):
    return load_model(path, compile=False, safe_mode=False)  # expect: code.keras-unsafe-mode


def load_again(name):
    options = {"compile": False}
    options["safe_mode"] = False
    return kmodels.load_model(f"models/{name}.keras", **options)  # expect: code.keras-unsafe-mode


def load_h5(folder):
    return tf.keras.models.load_model(folder + "/churn.h5")  # expect: code.keras-legacy-load


def load_graph(folder):
    return tf.saved_model.load(folder)  # expect: code.tensorflow-load


def load_ops(path):
    return tf.load_op_library(path)  # expect: code.tensorflow-load
