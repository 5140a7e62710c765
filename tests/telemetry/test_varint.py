from __future__ import annotations

import pytest

from telemetry import varint


@pytest.mark.parametrize(("number", "length"), [(0, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3)])
def test_small_numbers_take_few_bytes(number, length):
    assert len(varint.encode([number])) == length


def test_a_negative_number_is_refused():
    with pytest.raises(ValueError, match="-1 has no encoding"):
        varint.encode([-1])


def test_bytes_that_end_inside_a_number_are_refused():
    with pytest.raises(ValueError, match="cut short"):
        varint.decode(varint.encode([300])[:1])
