"""An artefact: a model as a folder of .npy files and one JSON card, checked on reading. Never a pickle."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cf.als import AlsParameters
from cf.blend import Blend, BlendParameters
from cf.candidates import CandidateTable
from cf.interactions import History
from cf.model import Card, Model, Validation
from cf.soundness import fault
from core.errors import ArtefactError

FORMAT = "matinee-model/3"
CARD = "card.json"
_MOVIES = "movies.json"
_ARRAYS = (
    "users", "factors", "shrink", "history_start", "history_movies", "history_weights",
    "candidate_movies", "candidate_scores", "candidate_ages",
)  # fmt: skip


def save(model: Model, folder: Path) -> Card:
    """Write `model` as a folder of its version in `folder`; returns the card with the version and file hashes.

    The version folder appears whole or not at all. When it is already there it is the same model, and stays
    unless it was damaged since or comes from another store of events.
    """
    scratch = folder / f".new-{os.getpid()}"
    shutil.rmtree(scratch, ignore_errors=True)  # a process of the same number may have been killed here
    scratch.mkdir(parents=True)
    try:
        for name, array in zip(_ARRAYS, _arrays(model), strict=True):
            np.save(scratch / f"{name}.npy", array, allow_pickle=False)
        (scratch / _MOVIES).write_text(json.dumps(model.movies))
        files = {path.name: _sha256(path) for path in sorted(scratch.iterdir())}
        card = named(replace(model.card, files=files))
        (scratch / CARD).write_text(json.dumps({"format": FORMAT} | asdict(card), indent=2) + "\n")
        target = folder / card.version
        if not _holds(target, card):
            shutil.rmtree(target, ignore_errors=True)
            scratch.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return card


def _holds(path: Path, card: Card) -> bool:
    """Whether the undamaged model of this card is at `path`."""
    try:
        return load(path).card == card
    except ArtefactError:
        return False


def read_card(path: Path) -> Card:
    """The card of the artefact at `path`. Raises ArtefactError with the reason when it is not one of ours."""
    try:
        content = json.loads((path / CARD).read_text())
        if content.pop("format") != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        parts = {"als": AlsParameters, "blend": BlendParameters, "validation": Validation}
        card = Card(**content | {name: kind(**content[name]) for name, kind in parts.items()})
        if named(card) != card:
            raise ValueError("its content was changed after it was written")
    except FileNotFoundError as error:
        raise ArtefactError(f"there is no model at {path}: run matinee train") from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ArtefactError(f"{path / CARD} is no model card of ours: {error}; train again") from error
    return card


def load(path: Path) -> Model:
    """The model at `path`, memory-mapped.

    Raises ArtefactError when anything is missing, damaged or foreign, or when its parts do not fit together.
    """
    card = read_card(path)
    if set(card.files) != {f"{name}.npy" for name in _ARRAYS} | {_MOVIES}:
        raise ArtefactError(f"the model at {path} does not have the files of {FORMAT}; train again")
    for name, expected in card.files.items():
        try:
            found = _sha256(path / name)
        except OSError as error:
            raise ArtefactError(f"the model at {path} lacks {name}: {error}; train again") from error
        if found != expected:
            raise ArtefactError(
                f"{path / name} is damaged: sha256 {found[:12]}, its card says {expected[:12]}; train again"
            )
    arrays = {name: _mapped(path / f"{name}.npy") for name in _ARRAYS}
    model = Model(
        card,
        arrays["users"],
        tuple(json.loads((path / _MOVIES).read_text())),
        Blend(arrays["factors"], arrays["shrink"], card.blend),
        History(arrays["history_start"], arrays["history_movies"], arrays["history_weights"]),
        CandidateTable(arrays["candidate_movies"], arrays["candidate_scores"], arrays["candidate_ages"]),
    )
    reason = fault(model)
    if reason is not None:
        raise ArtefactError(f"the model at {path} can not serve: {reason}; train again")
    return model


def named(card: Card) -> Card:
    """The card with the version that its content gives it; the same data in another store gives the same."""
    content = asdict(replace(card, version="", store=""))
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    day = np.datetime64(card.last_us, "us").astype("datetime64[D]")
    return replace(card, version=f"{day}-{digest[:10]}")


def _arrays(model: Model) -> tuple[NDArray[Any], ...]:
    history, candidates = model.history, model.candidates
    return (
        model.users, model.blend.factors, model.blend.shrink, history.start, history.movies, history.weights,
        candidates.movies, candidates.scores, candidates.ages,
    )  # fmt: skip


def _mapped(path: Path) -> NDArray[Any]:
    """The file's array, read as it is used; a plain ndarray, since slicing a memmap is three times as slow."""
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
