"""A sandbox in place of the services whose key is not in the environment: for examples and first tries."""

import atexit
import os
import sys
from typing import Any

from jobwait.sandbox.sandbox import SERVICES, Sandbox


def sandbox_without_key(*services: str, **options: Any) -> Sandbox | None:
    """
    A sandbox that plays those of *services* whose key is not in the environment; None if each has one.

    It runs until the process ends. The keys and addresses of the services that it plays are set in `os.environ`, where
    each `connect()` reads them; those of others are not. A line on stderr says which it plays. *options* are those of
    Sandbox.

    Raises:
        ValueError: a service is none of "freeplay", "fryte" and "promptforge".

    """
    unknown = sorted({*services} - {*SERVICES})
    if unknown:
        raise ValueError(f"The sandbox plays {', '.join(SERVICES)}, not {unknown[0]!r:.60}.")
    missing = [name for name in services if not os.environ.get(f"{name.upper()}_API_KEY")]
    if not missing:
        return None
    box = Sandbox(**options)
    box.start()
    atexit.register(box.stop)
    prefixes = tuple(f"{name.upper()}_" for name in missing)
    os.environ.update({name: value for name, value in box.environment().items() if name.startswith(prefixes)})
    variables = " and ".join(f"{name.upper()}_API_KEY" for name in missing)
    print(f"{variables} not set: a sandbox on this machine plays {' and '.join(missing)}.", file=sys.stderr)  # noqa: T201
    return box
