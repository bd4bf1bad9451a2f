"""Markdown as a tree of blocks, from the token stream of markdown-it."""

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ...errors import Code, WorkflowError
from .blocks import Block
from .spans import Line, Span
from .text import cleaned

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

DEEPEST = 60
"""Levels of nesting that are read; a CV needs about six."""

_BLOCKS = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "list_item_open": "item",
    "dl_open": "terms",
    "dt_open": "term",
    "dd_open": "definition",
    "blockquote_open": "quote",
    "tr_open": "row",
    "th_open": "cell",
    "td_open": "cell",
    "table_open": "table",
    "thead_open": "header",
    "tbody_open": "body",
}
_HIDDEN_HTML = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_ANCHOR = re.compile(
    r"""<a\b[^>]*?href\s*=\s*["']([^"'>]*)["'][^>]*>(.*?)</a\s*>""", re.DOTALL | re.IGNORECASE
)
_HREF = re.compile(r"""^<a\b[^>]*?href\s*=\s*["']([^"'>]*)["']""", re.IGNORECASE)
_BREAK = re.compile(r"<br\b[^>]*>|</(?:p|div|h\d|li|tr)\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": 2 * DEEPEST})
    parser.use(deflist_plugin).use(front_matter_plugin).enable(["table", "strikethrough"])
    parser.normalizeLink = _as_written  # type: ignore[method-assign]
    return parser


def blocks_of(text: str) -> list[Block]:
    """The top blocks of a Markdown document (CommonMark, tables, definition lists).

    Raises `invalid-argument`, reason `too-deep`, if it is nested deeper than DEEPEST.
    """
    references: dict[str, Any] = {}
    tokens = _parser().parse(text, references)
    if any(token.level >= DEEPEST for token in tokens):
        raise WorkflowError(
            Code.INVALID_ARGUMENT,
            f"The document is nested more than {DEEPEST} levels deep.",
            reason="too-deep",
        )
    return _tree(tokens).children + _unused(references.get("references", {}), tokens)


def _unused(references: Mapping[str, Any], tokens: "list[Token]") -> list[Block]:
    """Link definitions that no link uses: the reader shows their targets nowhere else."""
    used = {str(inner.attrGet("href")) for token in tokens for inner in token.children or ()}
    left = {ref["href"]: ref["map"] for ref in references.values() if ref["href"] not in used}
    return [
        Block("definition", span[0] + 1, lines=[Line((Span(href),), span[0] + 1)])
        for href, span in left.items()
    ]


def _tree(tokens: "list[Token]") -> Block:
    root = Block("document", 1)
    stack = [root]
    for token in tokens:
        line = token.map[0] + 1 if token.map else stack[-1].line
        if token.nesting == 1:
            level = int(token.tag[1:]) if token.type == "heading_open" else 0
            stack.append(Block(_BLOCKS.get(token.type, "paragraph"), line, level))
        elif token.nesting == -1:
            block = stack.pop()
            stack[-1].children.append(block)
        elif token.type == "inline":
            stack[-1].lines += inline_lines(token.children or [], line)
        else:
            stack[-1].children.append(_leaf(token, line))
    return root


def _leaf(token: "Token", line: int) -> Block:
    if token.type == "hr":
        return Block("rule", line)
    kind = "front" if token.type == "front_matter" else "paragraph"
    content = _html_text(token.content) if token.type == "html_block" else token.content
    source = enumerate(content.strip("\n").split("\n"))
    lines = [Line((Span(text.strip()),), line + at, hard=True) for at, text in source]
    return Block(kind, line, lines=[each for each in lines if each.text])


def _html_text(source: str) -> str:
    """The words of an HTML block, links as "label (url)"."""
    linked = _ANCHOR.sub(r"\2 (\1)", _HIDDEN_HTML.sub("", source))
    return cleaned(html.unescape(_TAG.sub("", _BREAK.sub("\n", linked))))


def inline_lines(tokens: "list[Token]", first: int) -> list[Line]:
    """The lines of inline tokens; `first` is the number of the first one."""
    lines, style = [Line((), first)], Span("")
    for token in tokens:
        style = _restyled(style, token)
        if token.type in {"softbreak", "hardbreak"} or _breaks(token):
            lines[-1] = replace(lines[-1], hard=token.type != "softbreak")
            lines.append(Line((), lines[-1].number + 1))
        elif span := _visible(style, token):
            lines[-1] = replace(lines[-1], spans=(*lines[-1].spans, span))
    return [line for line in lines if line.text.strip() or line.url]


def _breaks(token: "Token") -> bool:
    return token.type == "html_inline" and token.content.lower().startswith("<br")


def _restyled(style: Span, token: "Token") -> Span:
    """The style after `token`."""
    if token.type in {"strong_open", "strong_close"}:
        return replace(style, strong=token.nesting == 1)
    if token.type in {"em_open", "em_close"}:
        return replace(style, emphasis=token.nesting == 1)
    if token.type == "link_open":
        return replace(style, url=cleaned(str(token.attrGet("href") or "")).strip())
    if token.type == "html_inline" and (anchor := _HREF.match(token.content)):
        return replace(style, url=html.unescape(anchor[1]))
    closes = token.type == "link_close" or token.content.lower().startswith("</a")
    return replace(style, url="") if closes else style


def _as_written(url: str) -> str:
    return url


def _visible(style: Span, token: "Token") -> Span | None:
    """What a token shows: text, an image as a link to it, a link's title before its label."""
    if token.type == "image":
        source = cleaned(str(token.attrGet("src") or ""))
        return replace(style, text=cleaned(token.content) or source, url=source)
    if token.type == "link_open" and (title := token.attrGet("title")):
        return replace(style, text=f"{cleaned(str(title))}: ")
    shown = token.type in {"text", "code_inline", "text_special"} and token.content
    return replace(style, text=cleaned(token.content)) if shown else None


def plain_markdown(text: str) -> str:
    """`text` without inline Markdown marks, its line breaks kept, links as "label (url)"."""
    tokens = _parser().parseInline(text)
    lines = [line for token in tokens for line in inline_lines(token.children or [], 1)]
    return "\n".join(line.plain() for line in lines)
