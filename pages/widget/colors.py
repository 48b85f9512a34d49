"""Colors of customers: which of black and white can be read on one."""

BLACK, WHITE = '#000000', '#ffffff'


def luminance(color: str) -> float:
    """How bright '#rrggbb' is, 0 to 1 (WCAG 2.2, relative luminance)."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How well two colors can be told apart, 1 to 21 (WCAG 2.2, contrast ratio)."""
    darker, brighter = sorted((luminance(one), luminance(other)))
    return (brighter + 0.05) / (darker + 0.05)


def ink(color: str) -> str:
    """The color of text on this one: the better of both; on any color it is 4.5:1 or more to one of them."""
    return max(WHITE, BLACK, key=lambda each: contrast(each, color))
