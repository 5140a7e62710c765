"""An invoice goes on wherever a killed endpoint, or a full disk, has left it."""

from __future__ import annotations

import resource
from datetime import UTC, datetime

import pytest

from core.errors import WorldError
from simulator.invoice import INVOICE, Invoice, Tokens, read_invoice

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
USED = Tokens(100, 20, 10, 4)


def bill(path):
    return Invoice(path).bill(NOON, "gpt-4o-mini", USED)


@pytest.fixture
def path(tmp_path):
    return tmp_path / INVOICE


@pytest.fixture
def whole(path):
    """An invoice of two calls, as it is written."""
    bill(path)
    bill(path)
    return path.read_bytes()


def test_an_invoice_cut_anywhere_goes_on_behind_its_last_whole_row(path, whole):
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        kept = read_invoice(path)
        billed = bill(path)
        assert read_invoice(path) == [*kept, billed]
        assert len(kept) == max(0, whole[:size].count(b"\n") - 1)
        assert path.read_bytes().startswith(b"id,time,model,")


def test_a_call_that_can_not_be_billed_is_refused_and_leaves_no_half_row(path, whole):
    invoice = Invoice(path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 10, limits[1]))
    try:
        with pytest.raises(WorldError, match=r"can not bill to .*invoice\.csv: File too large"):
            invoice.bill(NOON, "gpt-4o-mini", USED)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == whole
