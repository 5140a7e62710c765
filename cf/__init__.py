"""Who might like what."""

from cf.chain import Recommender
from cf.evaluation import Report, evaluate
from cf.freshness import Refresher
from cf.interactions import Interactions
from cf.model import Card, Model
from cf.registry import Registry
from cf.serving import Serving
from cf.splits import SPLITS
from cf.training import train

__all__ = [
    "SPLITS",
    "Card",
    "Interactions",
    "Model",
    "Recommender",
    "Refresher",
    "Registry",
    "Report",
    "Serving",
    "evaluate",
    "train",
]
