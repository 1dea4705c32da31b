"""Checks that the packages of an extra are installed."""

from importlib.util import find_spec


def needs(package: str, *, extra: str) -> None:
    """Raise a ModuleNotFoundError that says what to install unless *package*, which *extra* installs, is importable."""
    found = find_spec(package)
    if found is None or found.origin is None:  # no origin: only a folder of that name, such as a folder of DAGs
        raise ModuleNotFoundError(
            f"jobwait.engines.{extra} needs packages that are not installed: pip install 'jobwait[{extra}]'",
            name=package,
        )
