"""The pages of the site: docs/ as it is, the examples as pages, the project's own documents; with links that fit."""

import ast
import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
_PROJECT: Final = {
    "CHANGELOG.md": "changelog.md",
    "README.md": "index.md",  # links to it; the page itself is docs/index.md
    "ARCHITECTURE.md": "project/architecture.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
}
FENCED: Final = re.compile(r"^```.*?^```\s*?$", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")


def collect(target: Path, root: Path = ROOT) -> list[str]:
    """
    Write all pages and pictures of the site below *target*, and remove what is none; the names of the pages, sorted.

    A link to a file that has a page leads to that page. One to a file that has none keeps its text alone.
    """
    named = page_names(root)
    for path in target.rglob("*.*"):
        if path.relative_to(target).as_posix() not in named.values():
            path.unlink()
    for source, name in named.items():
        if source != "README.md":
            made = page(root / source, named, root).encode() if name.endswith(".md") else (root / source).read_bytes()
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_bytes() != made:  # `serve` builds again what has changed
                path.write_bytes(made)
    return sorted({name for name in named.values() if name.endswith(".md")})


def page_names(root: Path = ROOT) -> dict[str, str]:
    """The name within the site of each file of the repository that is in it, by its path in the repository."""
    named = dict(_PROJECT)
    for path in sorted([*root.glob("docs/**/*.md"), *root.glob("benchmarks/**/*.md"), *root.glob("benchmarks/*.svg")]):
        source = path.relative_to(root).as_posix()
        named[source] = source.removeprefix("docs/").replace("README.md", "index.md")
    for path in sorted(root.glob("examples/**/*")):
        source = path.relative_to(root).as_posix()
        if path.suffix in {".py", ".ipynb", ".json", ".jsonl"}:
            named[source] = f"{source}.md"
    return named | {"examples/README.md": "examples/index.md"}


def page(source: Path, named: Mapping[str, str], root: Path = ROOT) -> str:
    """The Markdown of the page of *source*."""
    if source.suffix != ".md":
        return _example(source, root)
    here = named[source.relative_to(root).as_posix()]

    def placed(link: re.Match[str]) -> str:
        picture, text, given = link.groups()
        place, mark, anchor = given.partition("#")
        if "://" in given or given.startswith(("#", "mailto:")):
            return link.group()
        found = os.path.relpath((source.parent / place).resolve(), root)
        found = found if found in named else f"{found}/README.md"
        if found not in named:
            return text
        return f"{picture}[{text}]({os.path.relpath(named[found], Path(here).parent)}{mark}{anchor})"

    return _outside_code(lambda text: _LINK.sub(placed, text), source.read_text("utf-8"))


def _outside_code(change: Callable[[str], str], text: str) -> str:
    """*text* with *change* made to all that is no code."""
    code = iter(FENCED.findall(text))
    return re.sub("\0", lambda _: next(code), change(FENCED.sub("\0", text)))


def _example(source: Path, root: Path) -> str:
    """The page of an example: what it says of itself, and its text."""
    text = source.read_text("utf-8")
    name = source.relative_to(root / "examples").as_posix()
    if source.suffix == ".ipynb":
        return f"# {name}\n\n{_notebook(json.loads(text))}"
    if source.suffix == ".py":
        about, code = ast.get_docstring(ast.parse(text)) or "", text.split('"""', 2)[2].strip()
        return f"# {name}\n\n{about}\n\n```python\n{code}\n```\n"
    lines = text.splitlines()
    shown = "\n".join(lines[:50])
    first = f"The first {len(lines[:50])} of {len(lines)} lines." if len(lines) > 50 else "The whole file."
    return f"# {name}\n\nInput for the examples. {first}\n\n```json\n{shown}\n```\n"


def _notebook(content: Mapping[str, list[dict[str, list[str] | str]]]) -> str:
    """The cells of a notebook as Markdown."""
    cells = [(cell["cell_type"], "".join(cell["source"]).strip()) for cell in content["cells"]]
    return "\n\n".join(f"```python\n{text}\n```" if kind == "code" else text for kind, text in cells) + "\n"
