"""What a release changes in the files of the repository: text to text, each change once or an error."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from packaging.version import InvalidVersion, Version

_UNPUBLISHED = "No version has been published on a package index yet."
_FROM_CLONE = re.compile(r"pip install '\.(?:/jobwait)?\[([\w,]+)\]'(?: +# in the clone\b.*)?")
_FOR_NOW = re.compile(r"<!-- until the first release -->\n.*?<!-- end -->\n\n", re.DOTALL)
_PAGES = {
    "Documentation": "/tree/main/docs",
    "Changelog": "/blob/main/CHANGELOG.md",
    "Issues": "/issues",
    "Security": "/security/policy",
}
NEW_SECTION = "## [Unreleased]\n"


class ReleaseError(Exception):
    """A release cannot be made; the sentence says why, and what to do."""


def version_of(pyproject: str) -> str:
    """The version in *pyproject*."""
    return str(tomllib.loads(pyproject)["project"]["version"])


def urls_of(pyproject: str) -> Mapping[str, Any]:
    """The project URLs in *pyproject*; empty if there are none."""
    found: Mapping[str, Any] = tomllib.loads(pyproject)["project"].get("urls", {})
    return found


def refusal_of_version(version: str, current: str) -> str | None:
    """Why *version* cannot follow *current*; None if it can."""
    try:
        asked = Version(version)
    except InvalidVersion:
        return f"VERSION={version} is no version; it has a form such as 0.2.0."
    if str(asked) != version or asked.local:
        return f"VERSION={version} is not in the normal form of a version, such as {asked.public}."
    return None if asked > Version(current) else f"VERSION={version} is not newer than {current}, the version now."


def repository_of(remote: str) -> str | None:
    """The https address of the repository whose git *remote* is an address at a host; None of a folder."""
    found = re.fullmatch(r"(?:https://|ssh://git@|git@)([\w.-]+\.[a-z]+)[/:]([\w./-]+?)(?:\.git)?/?", remote.strip())
    return f"https://{found[1]}/{found[2]}" if found else None


def with_version(pyproject: str, version: str) -> str:
    """*pyproject* with that version."""
    return _once(
        r'(?m)^version = ".*"$', f'version = "{version}"', pyproject, "pyproject.toml: the line of the version"
    )


def with_urls(pyproject: str, repository: str) -> str:
    """*pyproject* with the project URLs of that *repository*, unless it has some."""
    if urls_of(pyproject):
        return pyproject
    pages = {"Homepage": "", "Repository": "", **_PAGES}
    table = "".join(f'{name} = "{repository}{path}"\n' for name, path in pages.items())
    return _once(
        r"(?m)^\[project\.scripts\]$", f"[project.urls]\n{table}\n[project.scripts]", pyproject, "pyproject.toml"
    )


def with_section(changelog: str, version: str, date: str) -> str:
    """*changelog* whose unreleased changes are those of *version*, of the day *date*."""
    if f"## [{version}]" in changelog:
        raise ReleaseError(f"CHANGELOG.md has a section of {version} already.")
    unreleased = changelog.partition(NEW_SECTION)[2].partition("\n## [")[0]
    if not re.search(r"(?m)^- ", unreleased):
        raise ReleaseError("CHANGELOG.md has no unreleased change; there is nothing to release.")
    published = changelog.replace(f" {_UNPUBLISHED}", "").replace(_UNPUBLISHED, "")
    return _once(r"(?m)^## \[Unreleased\]\n", f"{NEW_SECTION}\n## [{version}] - {date}\n", published, "CHANGELOG.md")


def with_index(page: str) -> str:
    """*page* that installs from the package index, and says nothing of the time before there is a version on it."""
    return _FROM_CLONE.sub(r"pip install 'jobwait[\1]'", _FOR_NOW.sub("", page))


def _once(pattern: str, replacement: str, text: str, where: str) -> str:
    changed, count = re.subn(pattern, lambda _: replacement, text)
    if count != 1:
        raise ReleaseError(f"{where} is not there once, but {count} times; mend that first.")
    return changed
