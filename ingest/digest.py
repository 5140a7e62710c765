"""Digesting a chunk: minute lines of the plain shape all at once, every other line by the parser."""

from __future__ import annotations

import polars as pl

from core.events import Rejected
from ingest.chunk import Chunk
from ingest.effects import Effects, RejectedAt
from ingest.lines import KEPT_BYTES_MAX, WATCH, parse_line
from ingest.plays import PLAY_GAP_US

# A strict part of what `parse_line` takes for a minute; what this does not match is not wrong, only not plain.
_PLAIN_MINUTE = (
    r"^[12][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
    r",(?:0|[1-9][0-9]{0,8}),GET /data/m/[a-z0-9+._*'\[\]-]{1,200}"
    r"/(?:0|[1-9][0-9]{0,2}|1[0-3][0-9]{2}|14[0-3][0-9])\.mpg$"
)
_ODD_BYTES = bytes([0x0D, *range(0x80, 0x100)])
_WITHOUT_ODD_BYTES = bytes.maketrans(_ODD_BYTES, b"?" * len(_ODD_BYTES))
_STRETCH = ("user", "movie", "stretch")
_BITS = pl.Series([1 << bit for bit in range(64)], dtype=pl.UInt64)


def digest(chunk: Chunk, effects: Effects, stars_max: int) -> None:
    """Add what all lines of `chunk` say to `effects`, exactly as `parse_line` one by one would have it."""
    lines = _lines(chunk.block)
    minutes = _plain_minutes(lines)
    _add_minutes(minutes, effects)
    plain = pl.Series([False]).new_from_index(0, len(lines)).scatter(minutes["index"], True)
    for index in (~plain).arg_true():
        line = chunk.line(index)
        event = parse_line(line, stars_max)
        if isinstance(event, Rejected):
            place = chunk.source, chunk.partition, chunk.position(index)
            kept = None if line is None else line[:KEPT_BYTES_MAX]
            effects.reject(RejectedAt(*place, kept, event.reason))
        else:
            effects.add(event)


def _lines(block: bytes) -> pl.Series:
    """One text a line. Bytes beyond ASCII and carriage returns become `?`, which no plain line holds."""
    if not block.isascii() or b"\r" in block:
        block = block.translate(_WITHOUT_ODD_BYTES)
    return pl.read_lines(block).to_series()


def _plain_minutes(lines: pl.Series) -> pl.DataFrame:
    """Columns index, user, movie, minute, at_us: the lines of the plain shape with a time that the calendar has."""
    line = pl.col("line")
    time, user = pl.col("time"), pl.col("user")
    return (
        pl.LazyFrame({"line": lines})
        .with_row_index()
        .filter(line.str.contains(_PLAIN_MINUTE))
        .select("index", line.str.splitn(",", 3).struct.rename_fields(["time", "user", "body"]))
        .unnest("line")
        .with_columns(pl.col("body").str.slice(len(WATCH)).str.splitn("/", 2).struct.rename_fields(["movie", "file"]))
        .unnest("body")
        .select(
            "index",
            user.cast(pl.Int64),
            "movie",
            pl.col("file").str.strip_suffix(".mpg").cast(pl.Int64).alias("minute"),
            (
                time.str.head(16).str.to_datetime("%Y-%m-%dT%H:%M", time_unit="us", strict=False).to_physical()
                + time.str.slice(17, 2).cast(pl.Int64, strict=False).fill_null(0) * 1_000_000
                + time.str.slice(20, 6).str.pad_end(6, "0").cast(pl.Int64)
            ).alias("at_us"),
        )
        .filter(pl.col("at_us").is_not_null())
        .collect()
    )


def _add_minutes(minutes: pl.DataFrame, effects: Effects) -> None:
    """Add the lines of `_plain_minutes`, first united by user, film and stretch of 64 minutes."""
    if minutes.is_empty():
        return
    minute, at_us = pl.col("minute"), pl.col("at_us")
    begin_us, end_us = minutes.select(at_us.min().alias("first"), at_us.max().alias("last")).row(0)
    seen = minutes.lazy().with_columns(
        (minute // 64).alias("stretch"), _BITS.gather(minutes["minute"] % 64).alias("seen")
    )
    stretches = _united(seen, _STRETCH)
    if end_us - begin_us >= PLAY_GAP_US:
        stretches = _cut_into_plays(seen, stretches)
    for user, movie, stretch, bits, first_us, last_us in stretches.iter_rows():
        effects.add_watch(user, movie, bits << (64 * stretch), first_us, last_us)
    effects.kinds["minutes"] += len(minutes)
    effects.widen(begin_us, end_us)


def _united(seen: pl.LazyFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """One row for each value of `keys`: the minutes seen, the first and the last time."""
    times = pl.col("at_us").min().alias("first"), pl.col("at_us").max().alias("last")
    return seen.group_by(keys).agg(pl.col("seen").bitwise_or(), *times).collect()


def _cut_into_plays(seen: pl.LazyFrame, stretches: pl.DataFrame) -> pl.DataFrame:
    """The stretches, those of six hours and more cut where so long passes without a minute."""
    is_long = pl.col("last") - pl.col("first") >= PLAY_GAP_US
    lines = seen.join(stretches.lazy().filter(is_long), on=_STRETCH, how="semi").sort(*_STRETCH, "at_us")
    begins = pl.col("at_us").diff().over(_STRETCH).fill_null(0) >= PLAY_GAP_US
    plays = _united(lines.with_columns(begins.cum_sum().over(_STRETCH).alias("play")), (*_STRETCH, "play"))
    return pl.concat([stretches.filter(~is_long), plays.drop("play")])
