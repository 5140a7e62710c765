"""Answers HTTP."""

from api.dashboard import DAYS, DAYS_FIRST
from api.decider import Decider, Recommends, Records
from api.ops import ops_app
from api.panel import Board, Boards, Draw, Figures, Panel, as_csv, plain, shown
from api.probe import NO_MODEL, Health, probe
from api.public import public_app
from api.server import Address, Service, serve

__all__ = [
    "DAYS",
    "DAYS_FIRST",
    "NO_MODEL",
    "Address",
    "Board",
    "Boards",
    "Decider",
    "Draw",
    "Figures",
    "Health",
    "Panel",
    "Recommends",
    "Records",
    "Service",
    "as_csv",
    "ops_app",
    "plain",
    "probe",
    "public_app",
    "serve",
    "shown",
]
