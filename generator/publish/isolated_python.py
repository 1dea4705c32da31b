"""A Python with the installed tools but without jobwait: a missing module cannot be found in an editable install."""

import sysconfig
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def isolated_python() -> Iterator[Path]:
    """
    The path of such an interpreter; it is deleted at the end of the block.

    An editable install of jobwait adds the old generated/ to the path by a .pth file. Python reads .pth files only in
    its own site folder, not in the folders that they name: a new environment whose .pth file names our site folder
    has all packages of it except the editable ones.
    """
    with tempfile.TemporaryDirectory() as folder:
        venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
        site = Path(sysconfig.get_path("purelib", "venv", vars={"base": folder, "platbase": folder}))
        ours = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
        (site / "tools.pth").write_text("".join(f"{path}\n" for path in ours), encoding="utf-8")
        yield Path(folder, "bin", "python")
