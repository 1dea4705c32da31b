"""The pages for readers that take text alone: llms.txt, one line for each page, and llms-full.txt, all of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from docs_site.sources import FENCED

_ENTRY = "- [{title}]({name}): {about}"


def write(site: Path, pages: Path, project: Mapping[str, Any]) -> None:
    """Write both files into *site*, and each page of *pages* beside its HTML; *project* is that of zensical.toml."""
    for source in pages.rglob("*.md"):
        target = site / source.relative_to(pages)
        target.write_text(source.read_text("utf-8"), "utf-8")
    (site / "llms.txt").write_text(index(pages, project), "utf-8")
    whole = [(pages / name).read_text("utf-8").strip() for _, _, name in entries(project["nav"])]
    (site / "llms-full.txt").write_text("\n\n---\n\n".join(whole) + "\n", "utf-8")


def index(pages: Path, project: Mapping[str, Any]) -> str:
    """The text of llms.txt: the pages of the navigation by its groups, then the examples."""
    lines = [f"# {project['site_name']}", "", f"> {project['site_description']}"]
    nav = [*entries(project["nav"])]
    for group in dict.fromkeys(group for group, _, _ in nav):
        lines += ["", f"## {group}", ""]
        for _, title, name in (entry for entry in nav if entry[0] == group):
            lines.append(_ENTRY.format(title=title, name=name, about=about((pages / name).read_text("utf-8"))))
    lines += ["", "## Programs", ""]
    for path in sorted(pages.glob("examples/*.py.md")):
        name = path.relative_to(pages).as_posix()
        lines.append(_ENTRY.format(title=path.stem, name=name, about=about(path.read_text("utf-8"))))
    return "\n".join(lines) + "\n"


def entries(nav: Sequence[Mapping[str, Any]], group: str = "Pages") -> Iterator[tuple[str, str, str]]:
    """Group, title and page of each entry of a navigation."""
    for entry in nav:
        for title, what in entry.items():
            if isinstance(what, str):
                yield group, title, what
            else:
                yield from entries(what, title)


def about(page: str) -> str:
    """The first sentence of the first paragraph of *page*, without its links; empty if it begins with none."""
    text = re.sub(r"^#.*$", "", FENCED.sub("", page), flags=re.MULTILINE).strip()
    first = " ".join(text.partition("\n\n")[0].split())
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", first).replace("**", "")
    sentence = re.match(r".*?[.?](?=\s|$)", plain)
    return sentence.group() if sentence and plain[0] not in "|:-!<" else ""
