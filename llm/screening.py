"""Screening: what strangers type is data. It is made plain, masked and cut before it is logged, kept or sent."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import unicodedata
from dataclasses import dataclass

LONGEST_TEXT = 2000  # characters; the site's texts have at most 428
LOOKED_AT = 4 * LONGEST_TEXT  # what comes after is cut unseen: masks and blanks rarely shrink a text so far
MAIL, WEB, IBAN, CARD, PHONE, NUMBER = "[mail]", "[web]", "[iban]", "[card]", "[phone]", "[number]"
FEWEST_DIGITS = 7  # of a phone number; films have at most five in a row
MOST_PHONE_DIGITS = 15  # E.164
CARD_DIGITS = range(13, 20)  # ISO/IEC 7812
IBAN_CHARACTERS = range(15, 35)  # ISO 13616
_ROUNDS = 8  # until nothing changes; two are enough for what people write

# A mask is never longer than the shortest thing that it stands for.
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*\.\w{2,63}")
_WEB = re.compile(r"(?:[a-z]{2,8}://|www\.)[^\s<>\"]{3,}|[\w-]{1,63}\.(?:com|net|org|io)/[^\s<>\"]+", re.IGNORECASE)
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{1,4}){3,8}(?!\w)")
_DIGITS = re.compile(r"\+?\(?\d(?:[ ().\-/]{0,2}\d){6,}")  # however they are grouped
_YEAR = re.compile(r"(?:19|20)\d\d")
_BLANKS = re.compile(r"\s+")
_NO_WIDTH = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


@dataclass(frozen=True, slots=True)
class Screened:
    """A text that may be logged, kept and sent. `cut`: characters left out at its end; `masked`: things masked."""

    text: str
    cut: int
    masked: int


def screen(text: str) -> Screened:
    """`text` in one line of plain characters, without personal data, at most LONGEST_TEXT long.

    Compatibility forms become ordinary ones (NFKC, so that full-width digits are seen as digits); control characters,
    direction marks and what has no width go; runs of blanks become one blank. Mail and web addresses, IBANs, card
    numbers (by their check digits), phone numbers and other long numbers become masks that say what stood there.
    Years and the parts of a series stay. Screening what was screened changes nothing.

    >>> screen("I loved 2001 and 12 Monkeys!\\u202e Call  +1 555 010 0199").text
    'I loved 2001 and 12 Monkeys! Call [phone]'
    """
    cut, masked = max(0, len(text) - LOOKED_AT), 0
    text = text[:LOOKED_AT]
    for _ in range(_ROUNDS):
        before, text = text, _plain(text)
        text, count = _masked(text)
        masked += count
        shorter = text[:LONGEST_TEXT].rstrip()
        cut += len(text) - len(shorter)
        text = shorter
        if text == before:
            break
    return Screened(text, cut, masked)


def text_hash(likes: str, dislikes: str) -> str:
    """sha256 of what two screened texts say, whatever their case: equal for texts that are understood alike."""
    return hashlib.sha256(json.dumps([likes.casefold(), dislikes.casefold()]).encode()).hexdigest()


def _plain(text: str) -> str:
    """One line of characters that can be seen."""
    text = _BLANKS.sub(" ", text)  # before control characters go: a new line is one
    text = _NO_WIDTH.sub("", "".join(one for one in text if not unicodedata.category(one).startswith("C")))
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def _masked(text: str) -> tuple[str, int]:
    """The text with masks, and how many things they stand for."""
    text, mails = _MAIL.subn(MAIL, text)
    text, sites = _WEB.subn(WEB, text)
    count = mails + sites
    for pattern, mask in ((_IBAN, _iban_masked), (_DIGITS, _digits_masked)):
        found = [(match, mask(match[0])) for match in pattern.finditer(text)]
        count += sum(masked != match[0] for match, masked in found)
        for match, masked in reversed(found):
            text = text[: match.start()] + masked + text[match.end() :]
    return text, count


def _iban_masked(found: str) -> str:
    """The longest beginning that is an IBAN becomes a mask: ordinary words may follow in the same grouping."""
    for end in range(len(found), IBAN_CHARACTERS.start - 1, -1):
        compact = found[:end].replace(" ", "").upper()
        if found[end - 1] == " " or len(compact) not in IBAN_CHARACTERS:
            continue
        number = "".join(str(int(one, 36)) for one in compact[4:] + compact[:4])
        if int(number) % 97 == 1:
            return IBAN + found[end:]
    return found


def _digits_masked(found: str) -> str:
    """A mask that says what the digits are; the digits as they are when they are years or the parts of a series."""
    groups = re.findall(r"\d+", found)
    digits = [int(one) for one in found if one.isdecimal()]
    if not found.startswith("+"):
        in_years = sum(4 for group in groups if _YEAR.fullmatch(group))
        if len(digits) - in_years < FEWEST_DIGITS or _are_parts(groups):
            return found
    if len(digits) in CARD_DIGITS and _has_check_digit(digits):
        return CARD
    return PHONE if len(digits) <= MOST_PHONE_DIGITS else NUMBER


def _are_parts(groups: list[str]) -> bool:
    """Whether the numbers count up by one, as in "Saw 1 2 3 4 5 6 7"."""
    return len(groups) > 1 and all(int(after) == int(before) + 1 for before, after in itertools.pairwise(groups))


def _has_check_digit(digits: list[int]) -> bool:
    """Luhn's formula (ISO/IEC 7812-1)."""
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
