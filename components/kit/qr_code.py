"""QR codes: drawn here as a picture that is part of the page, so that nobody else learns what is in them."""

from nicegui.element import Element


def qr_code(text: str, label: str) -> Element:
    """A picture of `text` for cameras, black on white whatever the theme, called `label`."""
    import segno  # who draws none does not wait for it at the start

    picture = Element('img').classes('qr-code')
    # Error correction M: a seventh of it may be unreadable (ISO/IEC 18004); four modules of white around it.
    drawn = segno.make_qr(text, error='m').svg_data_uri(border=4, scale=4, dark='#000', light='#fff', omitsize=True)
    picture.props.update({'src': drawn, 'alt': label})
    return picture
