"""The registry's one word: which model serves."""

from __future__ import annotations

import pytest

from cf import Registry
from core.errors import ArtefactError


def test_before_the_first_model_none_serves(tmp_path):
    assert Registry(tmp_path / "models").current() is None


def test_a_current_file_that_nobody_can_read_is_refused_with_the_way_out(tmp_path):
    (tmp_path / "CURRENT").write_bytes(b"\xff\xfe")
    with pytest.raises(ArtefactError, match=r"does not say which model serves.*run matinee train"):
        Registry(tmp_path).current()


@pytest.mark.parametrize("version", ["", ".hidden", "../elsewhere"])
def test_a_name_that_leads_out_of_the_folder_is_no_version(tmp_path, version):
    with pytest.raises(ArtefactError, match="is no version of a model"):
        Registry(tmp_path).card(version)
