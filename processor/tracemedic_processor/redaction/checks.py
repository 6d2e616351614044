"""Arithmetic that tells a secret from something that only has its shape."""

import math
from collections import Counter

_LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_VERHOEFF_D = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_VERHOEFF_P = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def digits_of(text: str) -> list[int]:
    """The decimal digits of `text`, everything else left out."""
    return [ord(char) - 48 for char in text if "0" <= char <= "9"]


def luhn(text: str) -> bool:
    """ISO/IEC 7812-1 check digit, over at least 12 digits that are not all the same."""
    digits = digits_of(text)
    if len(digits) < 12 or len(set(digits)) == 1:
        return False
    odd = sum(digits[-1::-2])
    return (odd + sum(_LUHN_DOUBLED[digit] for digit in digits[-2::-2])) % 10 == 0


def iban(text: str) -> bool:
    """ISO 13616: the rearranged number leaves 1 modulo 97."""
    compact = "".join(char for char in text.upper() if char.isalnum())
    if not (15 <= len(compact) <= 34) or not compact.isascii():
        return False
    return int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1


def verhoeff(text: str) -> bool:
    """The check digit of India's Aadhaar."""
    check = 0
    for place, digit in enumerate(reversed(digits_of(text))):
        check = _VERHOEFF_D[check][_VERHOEFF_P[place % 8][digit]]
    return check == 0


def us_ssn(text: str) -> bool:
    """Area, group and serial that the Social Security Administration may have issued."""
    area, group, serial = text[:3], text[-6:-4].strip("- "), text[-4:]
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"


def es_dni(text: str) -> bool:
    """Spain's DNI and NIE: the letter is the number modulo 23."""
    compact = text.upper().replace("-", "").replace(" ", "")
    number = compact[:-1].replace("X", "0", 1).replace("Y", "1", 1).replace("Z", "2", 1)
    return number.isdigit() and _DNI_LETTERS[int(number) % 23] == compact[-1]


def fr_nir(text: str) -> bool:
    """France's social security number: the key is 97 minus the number modulo 97; Corsica counts as 19 and 18."""
    compact = "".join(char for char in text.upper() if char.isalnum()).replace("2A", "19").replace("2B", "18")
    return compact.isdigit() and len(compact) == 15 and 97 - int(compact[:13]) % 97 == int(compact[13:])


def de_tax_id(text: str) -> bool:
    """Germany's Steuer-IdNr.: ISO 7064 MOD 11,10, and of the first ten digits just one occurs twice or three times."""
    digits = digits_of(text)
    if len(digits) != 11 or digits[0] == 0:
        return False
    most = max(Counter(digits[:10]).values())
    if most not in {2, 3} or len(set(digits[:10])) != 11 - most:
        return False
    product = 10
    for digit in digits[:10]:
        total = (digit + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == digits[10]


def br_cpf(text: str) -> bool:
    """Brazil's CPF: two weighted check digits modulo 11."""
    digits = digits_of(text)
    if len(digits) != 11 or len(set(digits)) == 1:
        return False
    return all(_mod11(digits[:size], range(size + 1, 1, -1)) == digits[size] for size in (9, 10))


def br_cnpj(text: str) -> bool:
    """Brazil's CNPJ: like the CPF with weights 2 to 9 repeated."""
    digits = digits_of(text)
    if len(digits) != 14 or len(set(digits)) == 1:
        return False
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    return all(_mod11(digits[:size], weights[13 - size :]) == digits[size] for size in (12, 13))


def _mod11(digits: list[int], weights: "range | tuple[int, ...]") -> int:
    rest = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11
    return 0 if rest < 2 else 11 - rest


def entropy_bits(text: str) -> float:
    """Shannon entropy per character, in bits."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values()) if text else 0.0


def looks_random(text: str) -> bool:
    """Whether `text` is a generated value rather than words: long enough, mixed, and hard to predict."""
    if len(text) < 8:
        return False
    kinds = (
        any("0" <= char <= "9" for char in text),
        any("a" <= char <= "z" for char in text),
        any("A" <= char <= "Z" for char in text),
    )
    return kinds[0] and sum(kinds) >= 2 and entropy_bits(text[:256]) >= 2.5


def has_digit(text: str) -> bool:
    """Whether a decimal digit is among the characters."""
    return any("0" <= char <= "9" for char in text)
