"""Keys and addresses, from options or the environment, and the clients that are made with them."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final

from attrs import frozen

from jobwait._http.api_key import Hidden
from jobwait._jobs.registry import SERVICES
from jobwait._jobs.service_module import service_of
from jobwait.cli.options import duration, option
from jobwait.cli.services import Own, page_of
from jobwait.errors import InvalidInput

_LONGEST: Final = 64 * 1024  # bytes


@frozen(kw_only=True)
class Accounts:
    """The options of every command that sends requests to a service."""

    key_file: Annotated[
        list[str] | None,
        option("File with the key, instead of …_API_KEY; refused if others can read it.", metavar="[SERVICE=]FILE"),
    ] = None
    key_stdin: Annotated[bool, option("Read the key from the first line of stdin.", "--key-stdin")] = False
    base_url: Annotated[
        list[str] | None, option("Address of the service, instead of …_BASE_URL.", metavar="[SERVICE=]URL")
    ] = None
    request_timeout: Annotated[float, option("Longest time for one request.", parser=duration, metavar="DURATION")] = (
        30.0
    )

    @contextmanager
    def clients(self, services: Iterable[str], own: Own | None = None) -> Iterator[Mapping[str, Any]]:
        """
        A client for each of *services*, closed at the end; *own* are those that files declare.

        Raises InvalidInput for a missing key or an invalid option.
        """
        names = sorted(set(services))
        files, urls = _by_service("--key-file", self.key_file, names), _by_service("--base-url", self.base_url, names)
        keys = {name: key_in_file(Path(file)) for name, file in files.items()}
        if self.key_stdin:
            if len(names) != 1:
                raise InvalidInput(f"--key-stdin gives one key, and there are {len(names)} services; use --key-file.")
            keys[names[0]] = _key_in(sys.stdin.buffer.readline(_LONGEST), "stdin")
        pages = {name: page_of(name, own or {}) for name in names}
        for name, page in pages.items():
            variable = service_of(page).key_variable
            if variable and name not in keys and not os.environ.get(variable):
                raise InvalidInput(f"There is no key for {name}: set {variable}, or name its file with --key-file.")
        with ExitStack() as stack:
            clients = {}
            for name, page in pages.items():
                if not hasattr(page, "connect"):
                    raise InvalidInput(f"The package of {name} has no connect(): wait for its jobs in Python.")
                options = {"base_url": urls.get(name), "request_timeout": self.request_timeout}
                key = keys.get(name, Hidden(None))
                clients[name] = stack.enter_context(page.connect(key.value, **options))
            yield clients


def check_service(name: str) -> None:
    """Raise InvalidInput if there is no service called *name*."""
    if name not in SERVICES:
        near = get_close_matches(name.lower(), SERVICES, 1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(SERVICES)}."
        raise InvalidInput(f"There is no service {name!r:.80}; {meant}")


def key_in_file(path: Path) -> Hidden:
    """The first line of *path*; InvalidInput if others can read the file, or there is no key in it."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and stat.S_ISREG(mode) and mode & 0o077:
                raise InvalidInput(f"{path}: others can read this key; run `chmod 600 {path}` and replace the key.")
            return _key_in(file.read(_LONGEST), str(path))
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read ({error.strerror}). Name a file that holds the key.") from error


def _key_in(content: bytes, place: str) -> Hidden:
    key = Hidden(content.decode("utf-8", "replace").partition("\n")[0].strip())
    if not key.value:
        raise InvalidInput(f"{place}: there is no key in it; its first line must be the key.")
    return key


def _by_service(option: str, given: list[str] | None, names: list[str]) -> dict[str, str]:
    """The values of *option* by service; one without a service belongs to the only one of *names*."""
    found: dict[str, str] = {}
    for value in given or []:
        name, equals, rest = value.partition("=")
        if not equals or name not in {*SERVICES, *names}:
            if len(names) != 1:
                raise InvalidInput(f"{option} must say for which service: {option} {names[0]}={value}.")
            name, rest = names[0], value
        found[name] = rest
    return found
