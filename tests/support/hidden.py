"""Runs code in an interpreter in which some packages are not installed."""

import subprocess
import sys

_HIDE = """
import sys

class Without:
    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.finder, name)

    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in {names!r} else self.finder.find_spec(name, path, target)

for name in [name for name in sys.modules if name.partition(".")[0] in {names!r}]:
    del sys.modules[name]
sys.meta_path[:] = map(Without, sys.meta_path)
"""


def run_without(names, code, **options):
    """The process that ran *code* without the packages *names*, with what it printed."""
    text = _HIDE.replace("{names!r}", repr(set(names))) + code
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False, **options)
