"""What holds for the site that was built: all pages are there, search knows them, and nothing comes from elsewhere."""

import json
import re
import zlib
from collections.abc import Collection, Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

# What a browser fetches by itself when it shows a page; `a` is what a reader may choose to follow.
_FETCHED = {
    "audio": "src", "embed": "src", "iframe": "src", "img": "src", "input": "src", "link": "href", "object": "data",
    "script": "src", "source": "src", "track": "src", "use": "href", "video": "src",
}  # fmt: skip
_LISTED = {"examples", "benchmarks", "decisions"}  # folders whose index leads to their pages
_ELSEWHERE = re.compile(r"^\s*(?:\w+:)?//")
_ODD = {
    "Built-in immutable sequence": "what Python says of a type",
    "<p>Raises:": "a list as plain text",
    ">docs/": "the name of a file for a page",
    " docs/": "the name of a file for a page",
}  # what a page of the reference should not show
_CSS = re.compile(r"""(?:url\(|@import)\s*["']?((?:\w+:)?//[^"')\s]+)""")


def misplaced(pages: Collection[str], nav: Collection[str]) -> Iterator[str]:
    """What is wrong with the navigation *nav*, a sentence each: a page that is not there, one that nothing leads to."""
    yield from (f"{name} is in the navigation and does not exist" for name in sorted({*nav} - {*pages}))
    for name in sorted({*pages} - {*nav}):
        folder = name.partition("/")[0]
        if folder not in _LISTED:
            yield f"{name} is not in the navigation of zensical.toml"


def problems(site: Path, pages: Collection[str], names: Iterable[str]) -> Iterator[str]:
    """
    What is wrong with *site*, a sentence each.

    *pages* are the collected ones, *names* the public names that the reference needs.
    """
    searched = searched_pages(site)
    for name in sorted(pages):
        address = name.removesuffix(".md") + ".html"
        if not (site / address).exists():
            yield f"{name} was not built"
        elif address not in searched:
            yield f"search does not know {name}"
    for path in sorted([*site.rglob("*.html"), *site.rglob("*.css")]):
        for address in fetched(path):
            yield f"{path.relative_to(site)} loads {address}"
    for path in sorted(site.glob("reference/*.html")):
        text = path.read_text("utf-8")
        for fault in dict.fromkeys(_ODD[odd] for odd in _ODD if odd in text):
            yield f"{path.relative_to(site)} shows {fault}"
    known = inventory(site)
    for name in sorted(names):  # a function that has the name of its module is described as the module's
        if not known & {name, f"{name}.{name.rpartition('.')[2]}"}:
            yield f"{name} is not in the reference"


def searched_pages(site: Path) -> set[str]:
    """The addresses of the pages that the search index knows."""
    items = json.loads((site / "search.json").read_text("utf-8"))["items"]
    return {item["location"].partition("#")[0] for item in items}


def inventory(site: Path) -> set[str]:
    """The names that the reference describes."""
    packed = (site / "objects.inv").read_bytes().split(b"\n", 4)[4]
    return {line.split(" ", 1)[0] for line in zlib.decompress(packed).decode("utf-8").splitlines()}


def fetched(path: Path) -> list[str]:
    """The addresses on other hosts that a browser loads to show the page or style sheet *path*."""
    text = path.read_text("utf-8")
    if path.suffix == ".css":
        return _CSS.findall(text)
    reader = _Reader()
    reader.feed(text)
    return reader.found + _CSS.findall(text)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an address elsewhere."""
        given = dict(attrs)
        address = given.get(_FETCHED.get(tag, "")) or ""
        if _ELSEWHERE.match(address) and not (tag == "link" and given.get("rel") == "canonical"):
            self.found.append(address)
        self.found += [part for part in (given.get("srcset") or "").split() if _ELSEWHERE.match(part)]
