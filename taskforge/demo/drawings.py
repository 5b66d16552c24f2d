"""Pictures and papers of the demo's workshop, drawn by code so that the repository holds none."""

from __future__ import annotations

from io import BytesIO
from math import pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

NIGHT, DUSK, GLOW, FLAME = (24, 27, 38), (62, 52, 66), (255, 176, 84), (255, 232, 190)
PAPER, INK, RED, BLUE = (246, 241, 231), (58, 60, 66), (186, 74, 52), (70, 106, 150)


def lantern() -> bytes:
    """A lantern in a storm, as a photograph: a JPEG."""
    from PIL import Image, ImageDraw, ImageFilter

    width, height = 1200, 800
    picture = Image.new("RGB", (width, height), NIGHT)
    draw = ImageDraw.Draw(picture)
    for y in range(height):
        share = y / height
        draw.line((0, y, width, y), fill=_mixed(NIGHT, DUSK, share * share))
    light = Image.new("RGB", (width, height))
    glow = ImageDraw.Draw(light)
    for radius in range(420, 20, -20):
        share = 1 - radius / 420
        box = (600 - radius, 400 - radius, 600 + radius, 400 + radius)
        glow.ellipse(box, fill=_mixed((0, 0, 0), GLOW, share * 0.8))
    light = light.filter(ImageFilter.GaussianBlur(40))
    picture = Image.composite(Image.new("RGB", picture.size, GLOW), picture, light.convert("L"))
    _draw_lantern(ImageDraw.Draw(picture), FLAME, (20, 20, 26))
    rain = ImageDraw.Draw(picture)
    for number in range(260):
        x, y = number * 73 % width, number * 151 % height
        rain.line((x, y, x - 9, y + 30), fill=_mixed(DUSK, FLAME, 0.25))
    return _encoded(picture.filter(ImageFilter.GaussianBlur(1)), "JPEG", quality=72)


def sketch() -> bytes:
    """A drawing of the lantern with its measures: a PNG of few colours."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (960, 720), PAPER)
    draw = ImageDraw.Draw(picture)
    for x in range(0, 960, 24):
        draw.line((x, 0, x, 720), fill=_mixed(PAPER, BLUE, 0.14))
    for y in range(0, 720, 24):
        draw.line((0, y, 960, y), fill=_mixed(PAPER, BLUE, 0.14))
    _draw_lantern(draw, PAPER, INK, outline=True, offset=-120, lift=-40)
    for x, top, bottom, words in ((640, 200, 520, "320"), (800, 260, 460, "200")):
        draw.line((x, top, x, bottom), fill=RED, width=3)
        for y in (top, bottom):
            draw.line((x - 10, y, x + 10, y), fill=RED, width=3)
        draw.text((x + 16, (top + bottom) / 2 - 10), f"{words} mm", fill=RED, font_size=22)
    draw.text((40, 650), "Storm lantern, glass no. 3", fill=INK, font_size=26)
    return _encoded(picture.quantize(32), "PNG", optimize=True)


def chart() -> bytes:
    """How long the flame stood in the wind, as a screenshot of a chart: a PNG of few colours."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (1000, 560), (255, 255, 255))
    draw = ImageDraw.Draw(picture)
    draw.text((40, 30), "Minutes until the flame goes out", fill=INK, font_size=24)
    for step in range(5):
        y = 480 - step * 90
        draw.line((80, y, 960, y), fill=(226, 226, 230))
        draw.text((36, y - 10), str(step * 5), fill=INK, font_size=18)
    for colour, height, phase in ((BLUE, 120, 0.0), (RED, 240, 0.9)):
        points = [
            (80 + x, 480 - height * (0.6 + 0.4 * sin(phase + x / 880 * 2 * pi)) * (1 - x / 2200))
            for x in range(0, 880, 8)
        ]
        draw.line(points, fill=colour, width=5, joint="curve")
    draw.text((720, 70), "old glass", fill=BLUE, font_size=20)
    draw.text((840, 70), "tall glass", fill=RED, font_size=20)
    return _encoded(picture.quantize(48), "PNG", optimize=True)


def paper(lines: tuple[str, ...]) -> bytes:
    """A PDF of one page with some lines, of plain letters."""
    text = "".join(f"({line}) Tj 0 -22 Td " for line in lines)
    stream = f"BT /F1 14 Tf 72 760 Td {text}ET".encode("latin-1")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = (len(objects) + 1, table, len(objects) + 1, len(made))
    return (
        made
        + b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % end
    )


def _draw_lantern(
    draw: ImageDraw,
    glass: tuple[int, int, int],
    metal: tuple[int, int, int],
    *,
    outline: bool = False,
    offset: int = 0,
    lift: int = 0,
) -> None:
    x, y = 600 + offset, 400 + lift
    fill = None if outline else metal
    draw.arc((x - 110, y - 300, x + 110, y - 60), 180, 360, fill=metal, width=8)
    draw.polygon(
        ((x - 90, y - 150), (x, y - 220), (x + 90, y - 150)), fill=fill, outline=metal, width=5
    )
    draw.rounded_rectangle(
        (x - 76, y - 150, x + 76, y + 120), 46, fill=glass, outline=metal, width=6
    )
    draw.ellipse(
        (x - 22, y - 60, x + 22, y + 60), fill=None if outline else GLOW, outline=metal, width=3
    )
    draw.rounded_rectangle(
        (x - 100, y + 120, x + 100, y + 190), 16, fill=fill, outline=metal, width=5
    )


def _mixed(
    one: tuple[int, int, int], other: tuple[int, int, int], share: float
) -> tuple[int, int, int]:
    first, second, third = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return first, second, third


def _encoded(picture: Image, kind: str, **options: object) -> bytes:
    made = BytesIO()
    picture.save(made, kind, **options)
    return made.getvalue()
