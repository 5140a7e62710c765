"""The dashboard's panels, read from the stores when somebody looks."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import ExitStack

from api import Board, Figures, Panel
from core.clock import Clock
from core.errors import MatineeError
from core.settings import Settings
from matinee.dashboard_costs import COST_PANELS
from matinee.dashboard_reading import PanelSource, Reading
from matinee.dashboard_service import SERVICE_PANELS
from matinee.doctor import stand_ins

STAND_INS_S = 60.0  # asking a silent server takes seconds: a page must not wait for it

_LAST = "unknown"
_IN_ORDER = (
    *(source for source in COST_PANELS if source.name != _LAST),
    *SERVICE_PANELS,
    *(source for source in COST_PANELS if source.name == _LAST),
)
PANELS = {source.name: source for source in _IN_ORDER}
"""All panels by name, in the order of the page."""


class Dashboard:
    """Reads panels; what can not be read is a panel that says why. Any thread may ask."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._stand_ins: Sequence[str] = ()
        self._next_look = clock.monotonic()
        self._lock = threading.Lock()

    def board(self, days: int) -> Board:
        """See `api.Boards`."""
        now = self._clock.now()
        with ExitStack() as opened:
            reading = Reading(self._settings, now, days, opened)
            panels = [_read(source, reading) for source in PANELS.values()]
        return Board(now, days, panels, self._known_stand_ins())

    def panel(self, name: str, days: int) -> Panel | None:
        """See `api.Boards`."""
        if name not in PANELS:
            return None
        with ExitStack() as opened:
            return _read(PANELS[name], Reading(self._settings, self._clock.now(), days, opened))

    def look_at_stand_ins(self) -> None:
        """Ask now what is a stand-in: seconds when a server is silent. Only names are kept: URLs may hold secrets."""
        self._stand_ins = [f"{finding.port}: a stand-in" for finding in stand_ins(self._settings)]

    def _known_stand_ins(self) -> Sequence[str]:
        """What the last look found; a new one is begun when that is long ago."""
        with self._lock:
            is_due = self._clock.monotonic() >= self._next_look
            if is_due:
                self._next_look = self._clock.monotonic() + STAND_INS_S
        if is_due:
            threading.Thread(target=self.look_at_stand_ins, name="stand-ins", daemon=True).start()
        return self._stand_ins


def _read(source: PanelSource, reading: Reading) -> Panel:
    figures: Figures | None = None
    absent = ""
    try:
        figures = source.read(reading)
    except MatineeError as error:
        absent = str(error)
    command = source.command.format(since=reading.since, times=reading.times, days=reading.days)
    return Panel(source.name, source.title, source.says, command, source.draw, figures, absent)
