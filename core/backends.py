"""Backends of a port: a table from the scheme of a URL to the code that opens it."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlsplit

from core.errors import SettingError, UnknownScheme

T = TypeVar("T")
_USERINFO = re.compile(r"(?<=//)[^/?#]*@")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")


def masked(url: str) -> str:
    """The URL as it may be shown: without the name and the key before its host.

    >>> masked("openai://me:secret@h:1/v1?model=m"), masked("file:var/a@b")
    ('openai://***@h:1/v1?model=m', 'file:var/a@b')
    """
    return _USERINFO.sub("***@", url)


@dataclass(frozen=True, slots=True)
class PortUrl:
    """A setting that names a backend, taken apart: `scheme:PATH` or `scheme://HOST:PORT/PATH?options`.

    Without the slashes all that follows the scheme is the path as it stands: a file's name may hold `#` and `?`.
    """

    scheme: str
    host: str
    path: str
    options: Mapping[str, str]

    @classmethod
    def parse(cls, url: str) -> PortUrl:
        """Raises SettingError when `url` has no scheme, can not be taken apart or says an option twice.

        >>> PortUrl.parse("kafka://b:9092/movielog5?group=matinee").options
        {'group': 'matinee'}
        >>> PortUrl.parse("file:var/log#1.gz").path
        'var/log#1.gz'
        """
        scheme, _, rest = url.partition(":")
        if _SCHEME.fullmatch(scheme) is None or scheme == url:
            raise SettingError(f"{masked(url)!r} is no backend URL: it must begin with a scheme, as in file:PATH")
        if not rest.startswith("//"):
            return cls(scheme.lower(), "", rest, {})
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise SettingError(
                f"{masked(url)!r} is no backend URL: it can not be taken apart; give {scheme}://HOST:PORT/PATH"
            ) from error
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        if len({name for name, _ in pairs}) != len(pairs):
            raise SettingError(f"an option stands twice in {masked(url)!r}: give each one once")
        return cls(parts.scheme, parts.netloc, parts.path, dict(pairs))

    def only_options(self, *known: str) -> None:
        """Raise SettingError when an option is not among `known`: a typing error must not pass in silence."""
        for name in self.options:
            if name not in known:
                offer = ", ".join(known) or "none"
                raise SettingError(f"{self.scheme}: has no option {name!r}: known options are {offer}")


class Backends(Generic[T]):
    """One port's table. Only the module of the scheme in use is imported."""

    def __init__(self, table: Mapping[str, str]) -> None:
        """`table` maps a scheme to "module:function"; the function takes a PortUrl and keyword arguments."""
        self._table = table

    def open(self, url: str, **context: Any) -> T:
        """The backend that `url` names. Raises UnknownScheme with the known schemes."""
        parsed = PortUrl.parse(url)
        if parsed.scheme not in self._table:
            known = ", ".join(sorted(self._table))
            raise UnknownScheme(f"no backend for {masked(url)!r}: known schemes are {known}")
        module, _, function = self._table[parsed.scheme].partition(":")
        opener: Callable[..., T] = getattr(importlib.import_module(module), function)
        return opener(parsed, **context)
