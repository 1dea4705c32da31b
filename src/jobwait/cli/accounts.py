"""Keys and addresses, from options, the environment or a profile, and the clients that are made with them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Annotated, Any

from attrs import frozen

from jobwait._jobs.registry import SERVICES
from jobwait._jobs.service_module import service_of
from jobwait.cli.config.profile import ProfileName, profile_named
from jobwait.cli.config.sources import Sources
from jobwait.cli.options import duration, meant, option
from jobwait.cli.services import Own, page_of
from jobwait.errors import InvalidInput


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
    profile: ProfileName = None

    @contextmanager
    def clients(self, services: Iterable[str], own: Own | None = None) -> Iterator[Mapping[str, Any]]:
        """
        A client for each of *services*, closed at the end; *own* are those that files declare.

        Raises InvalidInput for a missing key or an invalid option.
        """
        pages = {name: page_of(name, own or {}) for name in sorted(set(services))}
        sources = self.sources(pages)
        for name, one in sources.items():
            if one.variable and one.key_from is None:
                fact = f"There is no key for {name}: set {one.variable}, or name its file with --key-file."
                raise InvalidInput(fact + _without_key(name))
        keys = {name: one.key() for name, one in sources.items()}  # an empty one leaves it to the service module
        with ExitStack() as stack:
            clients = {}
            for name, page in pages.items():
                if not hasattr(page, "connect"):
                    raise InvalidInput(f"The package of {name} has no connect(): wait for its jobs in Python.")
                options = {"base_url": sources[name].address, "request_timeout": self.request_timeout}
                clients[name] = stack.enter_context(page.connect(keys[name].value, **options))
            yield clients

    def sources(self, pages: Mapping[str, Any]) -> dict[str, Sources]:
        """Where key and address of each of the services *pages* come from; InvalidInput for an invalid option."""
        names, profile = list(pages), profile_named(self.profile)
        files, urls = _by_service("--key-file", self.key_file, names), _by_service("--base-url", self.base_url, names)
        if self.key_stdin and len(names) != 1:
            raise InvalidInput(f"--key-stdin gives one key, and there are {len(names)} services; use --key-file.")
        return {
            name: Sources.of(service_of(page), profile, files.get(name), urls.get(name), stdin=self.key_stdin)
            for name, page in pages.items()
        }


def _without_key(name: str) -> str:
    """The other next step where there is no key, for a service that the sandbox plays."""
    if name not in SERVICES:
        return ""
    run = f"`jobwait sandbox -- jobwait run {name} …`"
    return f" To try it without a key: {run}; `jobwait example {name}` prints an input."


def check_service(name: str) -> None:
    """Raise InvalidInput if there is no service called *name*."""
    if name not in SERVICES:
        raise InvalidInput(f"There is no service {name!r:.80}; {meant(name, SERVICES)}")


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
