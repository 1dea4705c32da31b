"""`make release`: what it refuses, what it writes, and that it leaves the repository alone until all checks passed."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from release import __main__ as command
from release import edits
from release.edits import ReleaseError

ROOT = Path(__file__).parents[2]
HOME = "https://h.test/o/jobwait"
PYPROJECT = """[project]
name = "jobwait"
version = "0.1.0"

[project.scripts]
jobwait = "jobwait.cli:main"
"""
CHANGELOG = """# Changelog

By component. No version has been published on a package index yet.

## [Unreleased]

### Added

- Something.

## [0.1.0] - 2026-01-01
"""
INDEX = """# Start

jobwait needs Python.

<!-- until the first release -->

It is on no package index yet.

<!-- end -->

```sh
pip install '.[cli,sandbox]'
```
"""
README = "pip install '.[cli]'     # in the clone: jobwait is on no package index yet\n"


def git(folder, *words):
    """What git prints there."""
    user = ["-c", "user.name=a", "-c", "user.email=a@a.test"]
    done = subprocess.run(["git", *user, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository that can be released, whose distributions are built and judged by functions that do nothing."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "docs").mkdir()
    texts = {"pyproject.toml": PYPROJECT, "CHANGELOG.md": CHANGELOG, "README.md": README, "docs/index.md": INDEX}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    (folder / ".gitignore").write_text("dist/\n", "utf-8")
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "first"]):
        git(folder, *words)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "a")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@a.test")
    monkeypatch.setattr(command, "ROOT", folder)
    monkeypatch.setattr(command, "build", lambda _, out: out.mkdir())
    monkeypatch.setattr(command, "check", lambda _: iter(["checked"]))
    return folder


def state(folder):
    """Where the branch is, its tags, its work trees, and what is not committed."""
    words = (["rev-parse", "HEAD"], ["tag"], ["worktree", "list"], ["status", "--porcelain"])
    return [git(folder, *one) for one in words]


def test_a_release_is_one_commit_and_a_tag(repository):
    """Version, URLs, dated section and how to install are in the tagged commit, on the branch; no work tree is left."""
    before = git(repository, "rev-parse", "HEAD")
    assert 0 == command.main(["0.2.0", "--repository", HOME])
    assert [before, "Release 0.2.0"] == [
        git(repository, "rev-parse", "HEAD~1"),
        git(repository, "log", "-1", "--format=%s"),
    ]
    assert git(repository, "rev-parse", "v0.2.0^{commit}") == git(repository, "rev-parse", "HEAD")
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    assert ("0.2.0", HOME) == (project["version"], project["urls"]["Repository"])
    changelog = (repository / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]\n\n## [0.2.0] - 20" in changelog
    assert "No version has been published" not in changelog
    assert "pip install 'jobwait[cli]'\n" == (repository / "README.md").read_text("utf-8")
    page = "# Start\n\njobwait needs Python.\n\n```sh\npip install 'jobwait[cli,sandbox]'\n```\n"
    assert page == (repository / "docs/index.md").read_text("utf-8")
    assert 1 == len(git(repository, "worktree", "list").splitlines())


def test_a_dry_run_changes_nothing(repository, capsys):
    """It judges all, says what the commit would change, and leaves branch, tags and files as they were."""
    before = state(repository)
    assert 0 == command.main(["0.2.0", "--repository", HOME, "--dry-run"])
    assert before == state(repository)
    told = capsys.readouterr().out
    assert "checked\n" in told
    assert "4 files changed" in told


def test_a_check_that_fails_leaves_no_tag(repository, monkeypatch, capsys):
    """The branch moves and the tag is set after the last check only."""

    def refuse(_):
        raise ReleaseError("the wheel is empty.")

    before = state(repository)
    monkeypatch.setattr(command, "check", refuse)
    assert 1 == command.main(["0.2.0", "--repository", HOME])
    assert before == state(repository)
    assert "release: the wheel is empty.\n" == capsys.readouterr().err


def test_all_that_forbids_a_release_is_said_at_once(repository, capsys):
    """A version that cannot be, changes that are not committed, and no home of the repository, each with what to do."""
    (repository / "README.md").write_text("changed", "utf-8")
    assert 1 == command.main(["0.0.1"])
    told = capsys.readouterr().err
    for words in ("is not newer than 0.1.0", "commit or drop them", "REPOSITORY=https://"):
        assert words in told


def test_a_version_is_released_once(repository, capsys):
    """A tag or a section of that version refuses it."""
    git(repository, "tag", "v0.2.0")
    assert 1 == command.main(["0.2.0", "--repository", HOME])
    assert "The tag v0.2.0 is there already." in capsys.readouterr().err
    (repository / "CHANGELOG.md").write_text(CHANGELOG.replace("[0.1.0]", "[0.3.0]"), "utf-8")
    git(repository, "commit", "--quiet", "--all", "--message", "second")
    assert 1 == command.main(["0.3.0", "--repository", HOME])
    assert "CHANGELOG.md has a section of 0.3.0 already." in capsys.readouterr().err


@pytest.mark.parametrize("version", ["0.1.0", "0.1.0rc1", "0.0.9"])
def test_a_version_that_is_not_newer_is_refused(version):
    """Neither an older one nor that of now can be released."""
    assert f"VERSION={version} is not newer than 0.1.0, the version now." == edits.refusal_of_version(version, "0.1.0")


@pytest.mark.parametrize("version", ["0.1.1rc1", "0.1.1", "1.0.0"])
def test_a_newer_version_is_accepted(version):
    """Before a final version comes its candidate."""
    assert edits.refusal_of_version(version, "0.1.0") is None


@pytest.mark.parametrize("version", ["", "new", "v0.2.0", "0.2", "0.2.0+local", "0.2.0 "])
def test_a_version_is_written_in_its_normal_form(version):
    """What an index would rename, or refuse, is refused here."""
    refusal = edits.refusal_of_version(version, "0.1.0")
    assert (version == "0.2") == (refusal is None)


def test_a_changelog_without_changes_is_not_released():
    """There is nothing to release then."""
    with pytest.raises(ReleaseError, match="no unreleased change"):
        edits.with_section(
            "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-01-01\n\n- Old.\n", "0.2.0", "2026-02-02"
        )


@pytest.mark.parametrize(
    ("remote", "home"),
    [
        ("https://h.test/o/jobwait.git\n", HOME),
        ("git@h.test:o/jobwait.git", HOME),
        ("ssh://git@h.test/o/jobwait", HOME),
        ("/srv/git/jobwait", None),
        ("https://key@h.test/o/jobwait", None),
        ('https://h.test/o"x', None),
        ("", None),
    ],
)
def test_the_home_of_the_repository_is_read_from_its_remote(remote, home):
    """An address at a host is one; a folder, or an address with a key, is none."""
    assert home == edits.repository_of(remote)


def test_the_projects_own_files_can_be_released():
    """The lines that a release changes are there once, in the files as they are now."""
    texts = {name: (ROOT / name).read_text("utf-8") for name in ("pyproject.toml", "CHANGELOG.md", "README.md")}
    changed = edits.with_urls(edits.with_version(texts["pyproject.toml"], "99.0.0"), HOME)
    assert "99.0.0" == edits.version_of(changed)
    assert edits.urls_of(changed)
    assert "## [99.0.0] - 2026-02-02" in edits.with_section(texts["CHANGELOG.md"], "99.0.0", "2026-02-02")


def test_no_page_says_after_a_release_that_there_was_none(tmp_path):
    """README and docs install from the index then, and none names an index without jobwait, or a folder to install."""
    names = [path.relative_to(ROOT) for path in (ROOT / "README.md", *ROOT.glob("docs/**/*.md"))]
    for name in (Path("pyproject.toml"), Path("CHANGELOG.md"), *names):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    command.change(tmp_path, "99.0.0", HOME)
    untrue = re.compile(
        r"no package index|pip install '?\.|that folder|until the first release|Do not install the name"
    )
    texts = {name: (tmp_path / name).read_text("utf-8") for name in names}
    assert [] == [f"{name}: {found}" for name, text in texts.items() for found in untrue.findall(text)]
    assert "pip install 'jobwait[cli,sandbox]'" in texts[Path("docs/index.md")]
