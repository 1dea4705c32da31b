"""The address of a vendor's published document: `url` in specs/NAME/watch.yaml, and which addresses are refused."""

from collections.abc import Sequence
from pathlib import Path

from generator import paths
from generator.emit.runtime._httpx import httpx
from generator.errors import GeneratorError
from generator.spec.load import load

FILE = "watch.yaml"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
EXAMPLE = "url: https://vendor.example/openapi.json"


def addresses(names: Sequence[str]) -> dict[str, str]:
    """The address for each service of *names*; without names for all services that have one."""
    services = paths.services()
    unknown = [name for name in names if name not in services]
    if unknown:
        raise GeneratorError(f"specs/ has no service {unknown[0]}; it has {', '.join(services) or 'none'}.")
    chosen = [name for name in names or services if names or _file(name).exists()]
    if not chosen:
        raise GeneratorError(f"No service is watched; write specs/NAME/{FILE} with `{EXAMPLE}`.")
    return {name: _address(name) for name in dict.fromkeys(chosen)}


def _file(name: str) -> Path:
    return paths.SPECS / name / FILE


def _address(name: str) -> str:
    shown = f"specs/{name}/{FILE}"
    if not _file(name).exists():
        raise GeneratorError(f"{shown} does not exist; write it with `{EXAMPLE}`.")
    content = load(_file(name))
    if set(content) != {"url"} or not isinstance(content["url"], str):
        raise GeneratorError(f"{shown} must have the key url alone, a text: `{EXAMPLE}`.")
    wrong = refusal(content["url"])
    if wrong:
        raise GeneratorError(f"{shown}: url {wrong}.")
    return content["url"]


def refusal(url: str) -> str:
    """Why *url* is not asked, as the end of a sentence; empty if it may be."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL as error:
        return f"is no address ({error})"
    if parts.userinfo:
        return "has a user name or a password; documents are fetched without a key"
    if not parts.host or (parts.scheme != "https" and not (parts.scheme == "http" and parts.host in LOOPBACK)):
        return "must begin with https:// and a host; http:// is for this machine alone"
    return ""
