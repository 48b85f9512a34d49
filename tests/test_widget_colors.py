"""Colors of customers: whatever they choose, what is written on it can be read."""


def test_every_text_can_be_read_on_every_color() -> None:
    from pages.widget.colors import contrast, ink

    steps = range(0, 256, 15)
    colors = [f'#{red:02x}{green:02x}{blue:02x}' for red in steps for green in steps for blue in steps]
    assert min(contrast(color, ink(color)) for color in colors) >= 4.5
    assert (ink('#0F6B5C'), ink('#ffee00')) == ('#ffffff', '#000000')
