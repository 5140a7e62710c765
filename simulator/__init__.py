"""The streaming service in a box, with the truth known."""

from simulator.lines import format_event

__all__ = ["format_event"]
