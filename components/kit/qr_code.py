"""QR codes: drawn here as a picture that is part of the page, so that nobody else learns what is in them."""

import segno
from nicegui.element import Element


def qr_code(text: str, label: str) -> Element:
    """A picture of `text` for cameras, black on white whatever the theme, called `label`."""
    picture = Element('img').classes('qr-code')
    # Error correction M: a seventh of it may be unreadable (ISO/IEC 18004); four modules of white around it.
    drawn = segno.make_qr(text, error='m').svg_data_uri(border=4, scale=4, dark='#000', light='#fff', omitsize=True)
    picture.props.update({'src': drawn, 'alt': label})
    return picture
