"""Answers HTTP."""

from api.decider import Decider, Recommends, Records
from api.ops import ops_app
from api.probe import NO_MODEL, Health, probe
from api.public import public_app
from api.server import Address, Service, serve

__all__ = [
    "NO_MODEL",
    "Address",
    "Decider",
    "Health",
    "Recommends",
    "Records",
    "Service",
    "ops_app",
    "probe",
    "public_app",
    "serve",
]
