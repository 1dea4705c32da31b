"""The sections of help pages: which option belongs to which, and in what order a new user needs the commands."""

from typing import Final

from jobwait._jobs.registry import SERVICES

COMMANDS: Final = {
    "Submit and wait": ("run", "submit", "wait"),
    "Jobs that exist": ("status", "result", "download", "cancel", "list", "track"),
    "Services": ("jobs", "atlas", "worker"),
    "First steps": ("sandbox", "example", "config", "doctor", "completion"),
}

OPTIONS: Final = {
    "Declared jobs": ("--spec", "--job", "--in"),
    "Account": ("--profile", "--key-file", "--key-stdin", "--base-url", "--request-timeout"),
    "Waiting": (
        "--timeout",
        "--interval",
        "--status-means",
        "--strict",
        "--cancel-on-interrupt",
        "--cancel-on-timeout",
    ),
    "Results": ("--out", "--format", "--geojson", "--submitted", "--overwrite"),
    "Output": ("--json", "--quiet", "--report", "--debug", "--help", "-V"),
}


def section_of_option(names: list[str], path: str) -> str:
    """The section of the option with these *names*, of the command called *path*."""
    rest = "Input" if path.split()[1:2] in (["run"], ["submit"]) else "Options"
    return next((title for title, members in OPTIONS.items() if set(names) & set(members)), rest)


def section_of_command(name: str) -> str:
    """The section of a command of jobwait itself."""
    return next((title for title, members in COMMANDS.items() if name in members), "More")


def in_order(names: list[str]) -> list[str]:
    """*names* of commands in the order of their sections; others stay as they are, at the end."""
    order = [name for members in COMMANDS.values() for name in members]
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


def environment_of(path: str, options: set[str]) -> list[tuple[str, str]]:
    """The environment variables that the command called *path* reads for an account, each with what it holds."""
    if "--base-url" not in options:
        return []
    named = next((name.upper() for name in SERVICES if path.endswith(f" {name}")), None)
    if named is None:
        keys = ", ".join(f"{name.upper()}_API_KEY" for name in SERVICES)
        return [
            ("SERVICE_API_KEY", f"The key of a service: {keys}; MY_RENDERS_API_KEY for one called my-renders."),
            ("SERVICE_BASE_URL", "The address of a service, if it is not its own: FRYTE_BASE_URL."),
        ]
    return [(f"{named}_API_KEY", "The key."), (f"{named}_BASE_URL", "The address, if it is not the service's own.")]
