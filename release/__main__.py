"""
Make a release: the version, the dated section of the changelog, distributions that are checked, a commit and a tag.

    python -m release VERSION [--repository URL] [--dry-run]
    python -m release --build FOLDER        build them into FOLDER: twice, with the same bytes
    python -m release --check FOLDER        judge the distributions in FOLDER

All of it is done in a work tree of its own. The branch moves and the tag is set only once every check is passed, and
with --dry-run not even then. Nothing is pushed and nothing uploaded.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from release import edits
from release.distributions import ROOT, build, check, run
from release.edits import ReleaseError


def main(arguments: Sequence[str]) -> int:
    """Do what *arguments* say; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m release", description="Make a release; nothing is uploaded.")
    parser.add_argument("version", nargs="?", default="", help="the new version, such as 0.2.0")
    parser.add_argument("--repository", default="", help="the https address of the repository, if origin does not tell")
    parser.add_argument("--dry-run", action="store_true", help="all steps and checks, but no commit and no tag")
    parser.add_argument("--build", type=Path, metavar="FOLDER", help="build the distributions into FOLDER, no more")
    parser.add_argument("--check", type=Path, metavar="FOLDER", help="judge the distributions in FOLDER, no more")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.build:
            build_twice(ROOT, chosen.build.resolve())
        elif chosen.check:
            show(check(chosen.check))
        else:
            release(chosen.version, chosen.repository, dry_run=chosen.dry_run)
    except ReleaseError as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    return 0


def release(version: str, repository: str, *, dry_run: bool) -> None:
    """Make *version*; ReleaseError if it cannot be, with the repository as it was."""
    repository = edits.repository_of(repository or git("remote", "get-url", "origin", quiet=True)) or ""
    faults = list(found_faults(version, repository))
    if faults:
        raise ReleaseError("\n  ".join(["this has to be mended first:", *faults]))
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "jobwait"
        git("worktree", "add", "--detach", str(tree))
        try:
            made(tree, version, repository, dry_run=dry_run)
        finally:
            git("worktree", "remove", "--force", str(tree))


def found_faults(version: str, repository: str) -> list[str]:
    """What forbids the release, as sentences."""
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    faults = [edits.refusal_of_version(version, edits.version_of(pyproject))]
    if git("status", "--porcelain").strip():
        faults.append("The work tree has changes that are not committed: commit or drop them.")
    if git("tag", "--list", f"v{version}").strip():
        faults.append(f"The tag v{version} is there already.")
    if not edits.urls_of(pyproject) and not repository:
        faults.append(
            "The project has no URLs: name the repository's home, as in REPOSITORY=https://HOST/OWNER/jobwait."
        )
    return [fault for fault in faults if fault]


def made(tree: Path, version: str, repository: str, *, dry_run: bool) -> None:
    """Change, commit, build and check in *tree*; then move the branch and set the tag, unless it is a dry run."""
    change(tree, version, repository)
    run(["git", "commit", "--quiet", "--all", "--message", f"Release {version}"], tree)
    out = tree / "dist"
    build_twice(tree, out)
    show(check(out))
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    shutil.copytree(out, ROOT / "dist")
    print("written: " + ", ".join(sorted(f"dist/{path.name}" for path in out.iterdir())))
    if dry_run:
        print(run(["git", "show", "--stat", "--format=%s"], tree).strip())
        print("dry run: no commit and no tag was made.")
        return
    git("merge", "--ff-only", "--quiet", run(["git", "rev-parse", "HEAD"], tree).strip())
    git("tag", "--annotate", "--message", f"jobwait {version}", f"v{version}")
    print(f"committed and tagged v{version}. To publish it: git push origin HEAD v{version}")


def build_twice(tree: Path, out: Path) -> None:
    """Build the distributions of *tree* into *out*, and say that the bytes are the same each time."""
    build(tree, out)
    print("two builds: the same bytes", flush=True)


def change(tree: Path, version: str, repository: str) -> None:
    """Write the files of *tree* as those of *version*."""
    pyproject, changelog = tree / "pyproject.toml", tree / "CHANGELOG.md"
    text = edits.with_version(pyproject.read_text("utf-8"), version)
    pyproject.write_text(edits.with_urls(text, repository), "utf-8")
    today = datetime.now(UTC).date().isoformat()
    changelog.write_text(edits.with_section(changelog.read_text("utf-8"), version, today), "utf-8")
    for page in (tree / "README.md", *tree.glob("docs/**/*.md")):
        page.write_text(edits.with_index(page.read_text("utf-8")), "utf-8")


def git(*arguments: str, quiet: bool = False) -> str:
    """What git prints in the repository; with *quiet* nothing if it fails."""
    try:
        return run(["git", *arguments], ROOT)
    except ReleaseError:
        if quiet:
            return ""
        raise


def show(lines: Iterable[str]) -> None:
    """Print each of *lines* as it comes."""
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
