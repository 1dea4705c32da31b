"""An engine's packages are an extra; whoever lacks them is told which."""

from __future__ import annotations

from importlib.util import find_spec


def needs(package: str, *, extra: str) -> None:
    """
    Go on only where *package*, which *extra* brings, is installed.

    Raises:
        ModuleNotFoundError: it is not; the sentence says what to install.

    """
    found = find_spec(package)
    if found is None or found.origin is None:  # a mere folder of that name has none, as a folder of DAGs may be
        raise ModuleNotFoundError(
            f"jobwait.engines.{extra} needs packages that are not installed: pip install 'jobwait[{extra}]'",
            name=package,
        )
