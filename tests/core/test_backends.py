"""A setting is a URL: the scheme picks the backend, and a wrong one is refused with the known ones."""

from __future__ import annotations

import sys

import pytest

from core.backends import Backends, PortUrl
from core.errors import SettingError, UnknownScheme


def test_the_scheme_picks_the_opener_and_gives_it_the_parts():
    backends = Backends({"text": "tests_backend:opened"})
    module = type(sys)("tests_backend")
    module.opened = lambda url, **context: (url.host, url.path, context)
    sys.modules["tests_backend"] = module
    try:
        assert backends.open("text://host:1/path", clock="ours") == ("host:1", "/path", {"clock": "ours"})
    finally:
        del sys.modules["tests_backend"]


def test_only_the_module_of_the_scheme_in_use_is_imported():
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        Backends({"lazy": "no_such_module:opened"}).open("lazy:")


def test_an_unknown_scheme_is_refused_with_the_known_ones():
    with pytest.raises(UnknownScheme, match="no backend for 'kafak://b/t': known schemes are file, kafka"):
        Backends({"kafka": "x:y", "file": "x:y"}).open("kafak://b/t")


@pytest.mark.parametrize("url", ["", "no scheme at all", "/just/a/path"])
def test_what_is_no_url_is_refused(url):
    with pytest.raises(SettingError, match="must begin with a scheme"):
        PortUrl.parse(url)


@pytest.mark.parametrize("path", ["a#1.gz", "what?is=1", "/x/h#8/log", "100%25", "a b", ""])
def test_without_slashes_all_behind_the_scheme_is_the_path(path):
    assert PortUrl.parse(f"file:{path}") == PortUrl("file", "", path, {})


def test_an_address_that_can_not_be_taken_apart_is_refused():
    with pytest.raises(SettingError, match="no backend URL"):
        PortUrl.parse("kafka://[::1/topic")


def test_an_option_given_twice_is_refused():
    with pytest.raises(SettingError, match="stands twice"):
        PortUrl.parse("kafka://b/t?group=a&group=b")


def test_an_option_that_the_backend_does_not_know_is_refused():
    url = PortUrl.parse("kafka://b/t?gruop=a")
    with pytest.raises(SettingError, match="kafka: has no option 'gruop': known options are group"):
        url.only_options("group")
    url.only_options("gruop")
