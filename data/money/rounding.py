"""Rounding: an exact fraction becomes a whole amount once, at the end of each line."""

from fractions import Fraction


def half_away(exact: Fraction) -> int:
    """The nearest whole number, and of two the one farther from zero: what is taken back is what was due."""
    whole, rest = divmod(abs(exact.numerator), exact.denominator)
    rounded = whole + (2 * rest >= exact.denominator)
    return -rounded if exact < 0 else rounded
