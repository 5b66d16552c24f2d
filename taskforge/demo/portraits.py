"""Pictures for the demo's people: drawn lamps, each in colours of its own."""

from __future__ import annotations

from io import BytesIO

SIDE = 512
# The ground, the shade and the light of each.
COLOURS = (
    ("#31435e", "#e8b04a", "#fff3d0"),
    ("#7a3b2e", "#f2d6b3", "#fff8ea"),
    ("#2f5d50", "#d9e4c3", "#fdf6c9"),
    ("#5b4a78", "#e79a8b", "#ffe9d6"),
    ("#1f3b4d", "#9fc7c9", "#f2fbff"),
)


def draw_portrait(number: int) -> bytes | None:
    """The picture of one of the demo's people, as a file; None for those who have their initials."""
    if number >= len(COLOURS):
        return None
    from PIL import Image, ImageDraw  # for this command alone

    ground, shade, light = COLOURS[number]
    image = Image.new("RGB", (SIDE, SIDE), ground)
    draw = ImageDraw.Draw(image)
    draw.ellipse((96, 176, 416, 496), fill=light)
    draw.polygon(
        ((156, 300), (356, 300), (306, 120 + 12 * number), (206, 120 + 12 * number)), fill=shade
    )
    draw.rectangle((246, 300, 266, 430), fill=shade)
    draw.ellipse((186, 410, 326, 450), fill=shade)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
