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
    "Tracker": ("--file", "--once"),
    "Results": ("--out", "--format", "--geojson", "--submitted", "--overwrite"),
    "Output": ("--json", "--quiet", "--report", "--record", "--debug", "--help", "-V"),
}
_VARIABLES: Final = (  # each is read by the commands with this option
    ("--profile", "JOBWAIT_CONFIG", "The configuration file: ~/.config/jobwait/config.toml if not set."),
    ("--profile", "JOBWAIT_PROFILE", "The profile, if --profile names none."),
    ("--file", "JOBWAIT_TRACKER", "The tracker's file, if --file names none."),
    ("--base-url", "JOBWAIT_HTTP", "httpx2 sends requests by that package instead of httpx."),
)
_RECENT: Final = (("JOBWAIT_NO_RECENT_JOBS", "1: keep no names of submitted jobs; the completion of names uses them."),)


def section_of_option(names: list[str], path: str) -> str:
    """The section of the option with these *names*, of the command called *path*."""
    rest = "Input" if _submits(path) else "Options"
    return next((title for title, members in OPTIONS.items() if set(names) & set(members)), rest)


def section_of_command(name: str) -> str:
    """The section of a command of jobwait itself."""
    return next((title for title, members in COMMANDS.items() if name in members), "More")


def in_order(names: list[str]) -> list[str]:
    """*names* of commands in the order of their sections; others stay as they are, at the end."""
    order = [name for members in COMMANDS.values() for name in members]
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


def environment_of(path: str, options: set[str]) -> list[tuple[str, str]]:
    """The environment variables that the command called *path*, with these *options*, reads, and what each holds."""
    return [
        *_of_account(path, options),
        *((name, about) for option, name, about in _VARIABLES if option in options),
        *(_RECENT if _submits(path) and "--base-url" in options else ()),
    ]


def _submits(path: str) -> bool:
    """Whether the command called *path* submits a job."""
    words = path.split()[1:]
    return words[:1] in (["run"], ["submit"]) or words[:2] == ["track", "submit"]


def _of_account(path: str, options: set[str]) -> list[tuple[str, str]]:
    """The variables of keys and addresses."""
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
