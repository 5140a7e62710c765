"""A model for reading: its card, and what the gate found of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from cf import Card, Registry


def model_json(registry: Registry, card: Card) -> dict[str, Any]:
    """The card under stable keys, with the size on disk and the verdict of the gate (null when it was not asked)."""
    return asdict(card) | {
        "size_bytes": registry.size_bytes(card.version),
        "verdict": registry.verdict(card.version),
    }


def model_page(registry: Registry, card: Card) -> str:
    """The same for reading."""
    first, last = (datetime.fromtimestamp(us // 1_000_000, UTC).date() for us in (card.first_us, card.last_us))
    check, als, blend = card.validation, card.als, card.blend
    unknown = (
        f"; films outside the catalogue, which took no part: {card.unknown_movies}" if card.unknown_movies else ""
    )
    libraries = ", ".join(f"{name} {number}" for name, number in card.libraries.items())
    lines = [
        f"model     {card.version}, {registry.size_bytes(card.version) / 2**20:.1f} MiB",
        f"data      {card.interactions:,} interactions of {card.users:,} users and {card.movies:,} films, "
        f"{first} to {last}, id {card.data_id[:12]}{unknown}",
        f"chosen    {als.factors} factors, regularization {als.regularization:g}, alpha {als.alpha:g}; "
        f"ALS weight {blend.als_weight:g}, recency {blend.recency_places or 'none'}, ridge {blend.ridge:g}, "
        f"half-life {blend.half_life_days or 'none'}",
        f"judged    NDCG@20 {check.blend_ndcg:.4f}, popularity {check.popularity_ndcg:.4f} "
        f"({check.users:,} validation users, {check.split} split)",
        f"code      {card.revision or 'unknown revision'}, seed {card.seed}; {libraries}",
    ]
    verdict = registry.verdict(card.version)
    return "\n".join([*lines, *(["gate      never asked"] if verdict is None else _verdict_lines(verdict))])


def _verdict_lines(verdict: dict[str, Any]) -> list[str]:
    said = "passed" if verdict["passed"] else "refused"
    if verdict["forced"]:
        said += f", let serve all the same: {verdict['forced']}"
    lines = [
        f"gate      {said}; {verdict['users']:,} users, {verdict['split']} split, "
        f"compared with {verdict['parent'] or 'popularity, as the first model'}"
    ]
    for name, by_metric in verdict["figures"].items():
        cells = (f"{metric} {f['point']:.4f} [{f['low']:.4f}, {f['high']:.4f}]" for metric, f in by_metric.items())
        broad = verdict["breadth"][name]
        words = f"coverage {broad['coverage']:.1%}, distinct lists {broad['distinct']:.1%}"
        lines.append(f"  {name:<11} {', '.join(cells)}; {words}")
    lines += [
        f"  {'ok' if check['passed'] else 'NO':<3} {check['name']}: {check['found']}" for check in verdict["checks"]
    ]
    return lines
