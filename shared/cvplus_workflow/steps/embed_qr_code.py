"""A QR code (ISO/IEC 18004) of the CV's address, for paper.

The address is the one that was given for the CV; else the website that the CV itself
states. Accounts on networks are not taken: they are pages of the network, which may ask
for a login, and no site of the person's own.
"""

from base64 import b64encode
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from ..errors import invalid, refusal
from .contract import FeatureOutput, JobSettings, Model, Produced, ProducedFile
from .cv import ParsedCv, PersonalInfo
from .inputs import ParsedCvInput
from .links import readable_link, web_address
from .svg import Attributes, classed, element, figure, text

if TYPE_CHECKING:
    import segno

Input = ParsedCvInput

PNG_FILE = "qr-code.png"
QUIET_ZONE = 4
"""Modules left white at each side; the standard asks for four."""
SMALLEST_MM = 25.0
"""Least width and height on paper, quiet zone included."""
MODULE_MM = 0.5
"""Least width of a module on paper: phones read from 0.4 mm on at arm's length."""
PIXELS = 10
"""Pixels of a module in the PNG."""
BAND = 40
"""Rows of modules in one path: as many as an attribute has room for, however wide."""
LONGEST = 500
"""Characters of the longest address; the code of a longer one would be too fine."""

LEVELS = {"L": 7, "M": 15, "Q": 25, "H": 30}
"""Per cent of the code that may be damaged, by level of error correction."""


class QrMetadata(Model):
    """What a page shows with the code."""

    title: str
    description: str


class QrCode(Model):
    """The web app's record: `qrImageUrl` is the PNG as a data URL."""

    qr_image_url: str
    metadata: QrMetadata


class Output(FeatureOutput):
    """The code: its address and where that is from, its size and its strength.

    `modules` is the width without the quiet zone of `quiet_zone` modules a side, `width_mm`
    the printed width with it. `version` and `error_correction` are those of the standard;
    as much of the code as `recoverable_percent` may be damaged. `file` names the PNG.
    """

    qr_code: QrCode
    url: str
    source: Literal["given", "cv"]
    version: int
    error_correction: Literal["L", "M", "Q", "H"]
    recoverable_percent: int
    modules: int
    quiet_zone: int
    width_mm: float
    file: str


def run(given: ParsedCvInput) -> Produced:
    """The code of the CV's address, in the fragment and as a PNG file.

    Raises `WorkflowError` (failed-precondition, `missing-url`) if no address is given and
    the CV states no website, or privacy mode masks it, and (invalid-argument) if the given
    one is no web address or the address is longer than `LONGEST`.
    """
    import segno

    if given.outputs.is_masked:
        raise refusal("missing-url", "Privacy mode masks addresses, so a QR code has none to hold.")
    url, source = _address(given.job, given.outputs.cv.personal_info)
    if len(url) > LONGEST:
        raise invalid("url", f"{len(url)} characters, at most {LONGEST} fit a readable QR code")
    code = segno.make(url, error="m", micro=False)
    png = _png(code)
    output = _output(code, png, url, source, _title(given.outputs.cv))
    return Produced(output, {PNG_FILE: ProducedFile("image/png", png)})


def _address(job: JobSettings, info: PersonalInfo) -> tuple[str, Literal["given", "cv"]]:
    if job.url.strip():
        address = web_address(job.url)
        if not address:
            raise invalid("url", "is no web address")
        return address, "given"
    address = web_address(info.website)
    if not address:
        raise refusal(
            "missing-url",
            "No address for the QR code: give one with --url, or state a website in the CV.",
        )
    return address, "cv"


def _title(cv: ParsedCv) -> str:
    name = cv.personal_info.name
    return f"{name}: QR code" if name else "QR code"


def _output(
    code: "segno.QRCode", png: bytes, url: str, source: Literal["given", "cv"], title: str
) -> Output:
    width = _width_mm(len(code.matrix))
    described = f"QR code that opens {url}"
    return Output(
        fragment=_fragment(code, url, described, width),
        qr_code=QrCode(
            qr_image_url=_data_url(png), metadata=QrMetadata(title=title, description=described)
        ),
        url=url,
        source=source,
        version=int(code.version),
        error_correction=code.error,
        recoverable_percent=LEVELS[code.error],
        modules=len(code.matrix),
        quiet_zone=QUIET_ZONE,
        width_mm=width,
        file=PNG_FILE,
    )


def _width_mm(modules: int) -> float:
    return max(SMALLEST_MM, (modules + 2 * QUIET_ZONE) * MODULE_MM)


def _png(code: "segno.QRCode") -> bytes:
    content = BytesIO()
    code.save(content, kind="png", scale=PIXELS, border=QUIET_ZONE)
    return content.getvalue()


def _data_url(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode('ascii')}"


def _fragment(code: "segno.QRCode", url: str, described: str, width: float) -> str:
    caption = classed(
        "figcaption",
        "qr-caption",
        classed("span", "qr-hint", "Scan or open"),
        " ",
        element("a", {"href": url}, text(readable_link(url))),
    )
    return classed("figure", "qr-code", _drawing(code, described, width), caption)


def _drawing(code: "segno.QRCode", described: str, width: float) -> str:
    """Dark modules, black on a white ground that holds the quiet zone.

    They are one path as long as it is short enough: paths that touch show a seam.
    """
    side = len(code.matrix) + 2 * QUIET_ZONE
    box: Attributes = {
        "class": "qr-modules",
        "viewBox": f"0 0 {side} {side}",
        "width": f"{width:g}mm",
        "height": f"{width:g}mm",
        "shape-rendering": "crispEdges",
    }
    ground = element("rect", {"width": side, "height": side, "fill": "#ffffff"})
    rows = [_dark_runs(row, top) for top, row in enumerate(code.matrix, start=QUIET_ZONE)]
    bands = ("".join(rows[top : top + BAND]) for top in range(0, len(rows), BAND))
    paths = (element("path", {"fill": "#000000", "d": band}) for band in bands)
    return figure("QR code", described, box, ground, *paths)


def _dark_runs(row: bytearray, top: int) -> str:
    """The dark modules of a row as rectangles, neighbours in one."""
    parts, left = [], QUIET_ZONE
    for dark, run_of in groupby(row):
        length = len(list(run_of))
        if dark:
            parts.append(f"M{left} {top}h{length}v1h-{length}z")
        left += length
    return "".join(parts)
