"""The HTML samples as PDF, in fonts with ligatures that come from a package."""

from base64 import b64encode
from pathlib import Path

SAMPLES = Path(__file__).parent
_FONT = (
    "@font-face {{ font-family: Sample; font-weight: {weight}; "
    "src: url(data:font/ttf;base64,{data}) }}"
)


def sidebar_pdf() -> bytes:
    """Two columns side by side: contact, skills and languages beside the posts."""
    return _printed("sidebar.html", "SourceSans3")


def academic_pdf() -> bytes:
    """One justified column with dates at the right margin, ligatures, broken words."""
    return _printed("academic.html", "EBGaramond")


def _printed(name: str, family: str) -> bytes:
    from cvplus_workflow.steps.pdf import printed

    style = (
        f"<style>{_faces(family)} body {{ font-family: Sample }} @page {{ margin: 2cm }}</style>"
    )
    html = (SAMPLES / name).read_text("utf-8").replace("</head>", f"{style}</head>")
    return printed(html, title="", paper="a4").content


def _faces(family: str) -> str:
    import rendercv_fonts

    folder = Path(rendercv_fonts.__file__).parent
    faces = []
    for weight, style in ((400, "Regular"), (700, "Bold")):
        path = next(folder.rglob(f"{family}-{style}.ttf"))
        faces.append(_FONT.format(weight=weight, data=b64encode(path.read_bytes()).decode()))
    return " ".join(faces)
