"""Who might like what."""

from cf.chain import Recommender
from cf.coldstart import ColdStartReport, Newcomer
from cf.comparison import Comparison, Cost
from cf.evaluation import Report, evaluate
from cf.explanation import reasons
from cf.freshness import Refresher
from cf.interactions import Interactions
from cf.model import Card, Model
from cf.registry import Registry, Why
from cf.resolution import Resolution
from cf.serving import Serving
from cf.splits import SPLITS, VIEWS
from cf.taste_vectors import TasteVectors
from cf.training import train

__all__ = [
    "SPLITS",
    "VIEWS",
    "Card",
    "ColdStartReport",
    "Comparison",
    "Cost",
    "Interactions",
    "Model",
    "Newcomer",
    "Recommender",
    "Refresher",
    "Registry",
    "Report",
    "Resolution",
    "Serving",
    "TasteVectors",
    "Why",
    "evaluate",
    "reasons",
    "train",
]
