"""Runs a swap in many child processes; child number N is killed before its file operation number N."""

import os
import sys
from pathlib import Path

from generator.publish import swap as stage

NAMES = ("a.py", "b/c.py", "MANIFEST.json")
WATCHED = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir", "shutil.rmtree"}
WATCHED |= {"ctypes.call_function"}
KILLED, DONE = 9, 0


def fill(folder: Path, text: str) -> None:
    """Write every file of an output."""
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def content(folder: Path) -> set[str]:
    """The texts of an output's files; a single one if the output is whole."""
    return {(folder / name).read_text(encoding="utf-8") if (folder / name).exists() else "missing" for name in NAMES}


def run(target: Path, left: int) -> None:
    """Write new output and swap it in; exit before the operation that follows *left* others."""

    def watch(event: str, _arguments: object) -> None:
        nonlocal left
        if event in WATCHED:
            if left == 0:
                os._exit(KILLED)
            left -= 1

    sys.addaudithook(watch)
    stage.recover(target)
    with stage.candidate_folder(target) as candidate:
        fill(candidate, "new")
        stage.swap(candidate, target)
    os._exit(DONE)


def main(root: Path, *, exchange: bool) -> None:
    """Print for each child what was found after its end, and after recover() of the next start."""
    if not exchange:
        stage._exchange = lambda _one, _other: False
    for moment in range(1000):
        target = root / str(moment) / "out"
        fill(target, "old")
        child = os.fork()
        if child == 0:
            run(target, moment)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        before = content(target)
        stage.recover(target)
        leftovers = len(list(target.parent.iterdir())) - 1
        row = (moment, code, "+".join(sorted(before)), "+".join(sorted(content(target))), leftovers)
        sys.stdout.write(" ".join(map(str, row)) + "\n")
        sys.stdout.flush()  # else the next child would print it again
        if code == DONE:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), exchange=sys.argv[2] == "exchange")
