"""The comparison as a picture: how good lists are against what one costs, as SVG without any library."""

from __future__ import annotations

from html import escape
from math import ceil, floor, log10

from cf import Comparison

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 760, 420, 80, 40, 120, 60


def svg(found: Comparison) -> str:
    """NDCG with intervals upwards, microseconds a list to the right, each step ten times the one before."""
    decades = [log10(max(row.cost.list_us, 1)) for row in found.rows]
    first, last = floor(min(decades)), max(ceil(max(decades)), floor(min(decades)) + 1)
    highest = max(row.ndcg.high for row in found.rows) * 1.1 or 1.0

    def x(decade: float) -> float:
        return _LEFT + (decade - first) / (last - first) * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - value / highest * (_HEIGHT - _TOP - _BOTTOM)

    floor_y = y(0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><title>{escape(_title(found))}</title>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="22" font-size="14">{escape(_title(found))}</text>',
        f'<path d="M{_LEFT} {_TOP}V{floor_y:.1f}H{_WIDTH - _RIGHT}" fill="none" stroke="black"/>',
        f'<text x="{_LEFT}" y="{_HEIGHT - 15}">microseconds for one list</text>',
    ]
    parts += [
        f'<text x="{x(decade):.1f}" y="{floor_y + 18:.1f}" text-anchor="middle">{10**decade:,}</text>'
        for decade in range(first, last + 1)
    ]
    parts += [
        f'<text x="{_LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.3f}</text>'
        for value in (highest * step / 4 for step in range(5))
    ]
    for row, at_decade in zip(found.rows, decades, strict=True):
        at, colour = x(at_decade), "#b00020" if row.model == found.serve else "#33608c"
        parts += [
            f'<path d="M{at:.1f} {y(row.ndcg.low):.1f}V{y(row.ndcg.high):.1f}" stroke="{colour}" stroke-width="2"/>',
            f'<circle cx="{at:.1f}" cy="{y(row.ndcg.point):.1f}" r="5" fill="{colour}"/>',
            f'<text x="{at + 9:.1f}" y="{y(row.ndcg.point) + 4:.1f}" fill="{colour}">{escape(row.model)}</text>',
        ]
    return "\n".join([*parts, "</svg>\n"])


def _title(found: Comparison) -> str:
    return f"NDCG@{found.k}, {found.split}, {found.users:,} users, 95 % intervals; {found.serve} should serve"
