"""What the command says where an extra is not installed; this module needs none."""

import sys
from typing import NoReturn


def missing(extra: str) -> NoReturn:
    """Say in one sentence how to install *extra*, and end with exit status 2."""
    sys.stderr.write(f"This needs packages that are not installed: pip install 'jobwait[{extra}]'\n")
    raise SystemExit(2)
