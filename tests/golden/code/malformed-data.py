"""Training data from here and there."""
import csv
import sys

import pandas as pd
import wandb
from lxml import etree
from PIL import Image

Image.MAX_IMAGE_PIXELS = None  # expect: code.image-limit-off
csv.field_size_limit(sys.maxsize)  # expect: code.parse-limit-off
URL = "http://data.example.org/train.csv"


def rows():
    return pd.read_csv(URL)  # expect: code.data-unpinned


def artifact(run):
    return run.use_artifact("team/train:latest").download()  # expect: code.data-unpinned


def annotations(path):
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=True,  # expect: code.xml-entities
    )
    return etree.parse(path, parser)


def table():
    return pd.read_xml("http://data.example.org/table.xml")  # expect: code.xml-entities
