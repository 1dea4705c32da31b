"""A Python that has the tools but no jobwait: what a candidate lacks cannot be found elsewhere."""

import sysconfig
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def bare_python() -> Iterator[Path]:
    """
    The path of such an interpreter, for as long as the block lasts.

    An editable install of jobwait leads to the old generated/ by a .pth file. Python reads those of a site
    folder only, not of the folders that they name: so a new environment that names our site folder has all
    packages in it and none of its editable ones.
    """
    with tempfile.TemporaryDirectory() as folder:
        venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
        site = Path(sysconfig.get_path("purelib", "venv", vars={"base": folder, "platbase": folder}))
        ours = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
        (site / "tools.pth").write_text("".join(f"{path}\n" for path in ours), encoding="utf-8")
        yield Path(folder, "bin", "python")
