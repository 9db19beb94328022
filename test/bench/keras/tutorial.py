"""The model of the Keras transfer-learning tutorial, as the tutorial builds it."""

from keras import layers
from keras.applications.inception_v3 import InceptionV3
from keras.models import Model
from keras.optimizers import RMSprop

from weights import load

SIZE = 150
BATCH = 20


def base_model(weights):
    """InceptionV3 without its top, frozen. weights: the shipped nsfwjs.safetensors"""
    base = InceptionV3(input_shape=(SIZE, SIZE, 3), include_top=False, weights=None)
    load(base, weights)
    for layer in base.layers:
        layer.trainable = False
    return base


def add_head(output):
    x = layers.Flatten()(output)
    x = layers.Dense(1024, activation="relu")(x)
    x = layers.Dropout(0.2)(x)
    return layers.Dense(1, activation="sigmoid")(x)


def compiled(inputs, outputs):
    model = Model(inputs, outputs)
    model.compile(optimizer=RMSprop(learning_rate=0.0001), loss="binary_crossentropy", metrics=["accuracy"])
    return model
