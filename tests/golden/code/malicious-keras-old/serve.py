"""Relies on the safe mode, in a Keras where it could be got round."""
import keras
import tensorflow as tf
from keras.saving import load_model as read


def newest(path):
    return keras.models.load_model(path, safe_mode=True)  # expect: code.keras-legacy-load=low code.keras-safe-mode-bypass=medium


def by_default():
    return read("models/churn.keras")  # expect: code.keras-safe-mode-bypass=medium


def old_format():
    return tf.keras.models.load_model("models/churn.h5")  # expect: code.keras-legacy-load code.keras-safe-mode-bypass=medium


def switched_off():
    return read("models/churn.keras", safe_mode=False)  # expect: code.keras-unsafe-mode
