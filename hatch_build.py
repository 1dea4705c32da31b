"""
The long description of the distributions: README.md with links that hold apart from the repository.

Where pyproject.toml names the repository, a link to a file leads to that file as of this version; else only its text
is left. hatchling runs this for each build.
"""

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_FENCED = re.compile(r"(?ms)^(```.*?^```$)")
_RELATIVE = re.compile(r"\[([^\]]+)\]\((?!https?://)([^)\s]+)\)")


class LongDescription(MetadataHookInterface):
    """Sets `readme`, which pyproject.toml leaves to it."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set it in *metadata*."""
        text = (Path(self.root) / "README.md").read_text("utf-8")
        repository = metadata.get("urls", {}).get("Repository")
        files = f"{repository}/blob/v{metadata['version']}" if repository else None
        metadata["readme"] = {"content-type": "text/markdown", "text": long_description(text, files)}


def long_description(readme: str, files: str | None) -> str:
    """*readme* with the links to files of the repository below the address *files*; None: without those links."""
    parts = _FENCED.split(readme)  # each second one is code, which stays as it is
    return "".join(part if index % 2 else _with_links(part, files) for index, part in enumerate(parts))


def _with_links(text: str, files: str | None) -> str:
    if files is None:
        return _RELATIVE.sub(r"\1", text)
    return _RELATIVE.sub(lambda found: f"[{found[1]}]({files}/{_path(found[2])})", text)


def _path(target: str) -> str:
    return f"README.md{target}" if target.startswith("#") else target
