"""How index/model was made: from data to weights to scores (`python -m index.training`)."""

from index.training.corpora import load_held_out
from index.training.splits import Part

__all__ = ["Part", "load_held_out"]
