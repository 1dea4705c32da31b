"""The pages of the documentation: what they show runs, and prints what they say. `make docs` builds the site."""

import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.util import find_spec

import pytest
import typer
from docs_site import llms, public, sources
from docs_site.check import misplaced

from jobwait import errors
from jobwait.cli.app import app
from support import pages

DOCS = pages.ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
PLAYED = [
    "declare", "errors", "fleet", "freeplay", "fryte", "index", "own_service", "promptforge", "resume", "waiting",
    "watch",
]  # fmt: skip
PROJECT = tomllib.loads((pages.ROOT / "zensical.toml").read_text("utf-8"))["project"]
COMMAND = typer.main.get_command(app)
NAV = [name for _, _, name in llms.entries(PROJECT["nav"])]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The pages of the site, before they are built."""
    folder = tmp_path_factory.mktemp("site")
    sources.collect(folder)
    return folder


@pytest.mark.parametrize("name", PLAYED)
def test_a_page_runs_and_prints_what_it_says(name, tmp_path):
    """Block by block, as a reader would at the sandbox; JOBWAIT_WRITE_DOCS=1 writes what was printed into the page."""
    path = DOCS / f"{name}.md"
    text = path.read_text("utf-8")
    found = pages.written(text, pages.outputs(path, tmp_path))
    if os.environ.get("JOBWAIT_WRITE_DOCS") and timeless(text) != timeless(found):
        path.write_text(found, "utf-8")
    else:
        assert timeless(text) == timeless(found)


def test_a_file_that_two_pages_have_is_the_same_file():
    """A reader who has saved it from one page can go on with the other."""
    found = {}
    for path in PAGES:
        for block in pages.blocks(path.read_text("utf-8")):
            if block.file and 'title="' in block.info:
                assert block.text == found.setdefault(block.file, block.text), (path.name, block.file)
    assert "renders.yaml" in found


def timeless(text):
    """*text* without what depends on the machine: times, numbers of polls, ids of jobs that were submitted at once."""
    return re.sub(r"\d+(?:\.\d+)?(?= (?:s|polls?)\b)|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}", "N", text)


def test_every_other_page_says_why_its_blocks_are_not_run():
    """A page with Python is run, is a page of whole files or of an engine, or each of its blocks has a reason."""
    silent = [
        path.name
        for path in PAGES
        if path.parent.name != "engines" and path.stem not in {*PLAYED, "testing"}
        for block in pages.blocks(path.read_text("utf-8"))
        if block.language == "python" and not block.reason
    ]
    assert [] == silent


def test_each_name_in_the_python_of_a_page_is_defined_on_it():
    """Also where it cannot be run: no name is used that no block before it has."""
    faults = []
    for path in PAGES:
        code = "\n".join(one.text for one in pages.blocks(path.read_text("utf-8")) if one.language == "python")
        command = [sys.executable, "-m", "ruff", "check", "--isolated", "--quiet", "--select", "F821", "-"]
        done = subprocess.run(command, input=code, capture_output=True, text=True, check=False) if code else None
        faults += [f"{path.name}: {done.stdout}"] if done and done.returncode else []
    assert [] == faults


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_the_commands_of_a_page_exist(path):
    """Each command of jobwait in a block of a shell, with the options that it is given."""
    for block in pages.blocks(path.read_text("utf-8")):
        if block.language == "sh":
            for line in block.text.replace("\\\n", "").splitlines():
                for part in line.partition("  #")[0].split(" -- "):  # behind the dashes is a command of its own
                    for words in re.findall(r"\bjobwait ((?:[a-z]+ ?)+)([^|>#]*)", part):
                        check_command(*words)


def check_command(words, rest):
    """Those words lead to a command, and it has the options in *rest*; a group that names no service has `declared`."""
    command = COMMAND
    for word in words.split():
        known = getattr(command, "commands", None)
        if not known:
            break
        assert word in known, (words, rest)
        command = known[word]
    command = getattr(command, "commands", {}).get("declared", command)
    options = {option for parameter in command.params for option in parameter.opts}
    assert [] == sorted(set(re.findall(r"(?<!\S)--[a-z-]+", rest)) - options), words


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ("frobnicate", ""),
        ("track frobnicate", "--nonsense"),
        ("track", "--nonsense"),
        ("run", "--nonsense"),
        ("run fryte tour", ".json --nonsense"),
    ],
)
def test_a_command_or_an_option_that_does_not_exist_is_found(words, rest):
    """The check of the pages accepts neither, also in a group of commands and behind an argument."""
    with pytest.raises(AssertionError):
        check_command(words, rest)


@pytest.mark.parametrize(("words", "rest"), [("run fryte tour", ".json --out plan"), ("run ", "--spec renders.yaml")])
def test_a_command_that_exists_is_accepted(words, rest):
    """With its arguments and options."""
    check_command(words, rest)


def test_every_page_is_in_the_navigation(site):
    """No page is without a way to it, and the navigation names none that does not exist."""
    names = [path.relative_to(site).as_posix() for path in site.rglob("*.md")]
    assert [] == list(misplaced(names, NAV))
    assert len(NAV) == len(set(NAV))


def test_each_link_of_the_site_leads_to_a_page_and_a_heading_of_it(site):
    """Once the pages are at their places, also between those of docs/ and of the rest of the repository."""
    headings = {path: {slug(line) for line in headings_of(path)} for path in site.rglob("*.md")}
    broken = []
    for path in headings:
        for link in re.findall(r"\]\(([^)\s]+)\)", without_code(path)):
            place, _, anchor = link.partition("#")
            target = (path.parent / place).resolve() if place else path
            if "://" in link or link.startswith("mailto:"):
                continue
            if not target.exists() or (anchor and target in headings and anchor not in headings[target]):
                broken.append(f"{path.relative_to(site)}: {link}")
    assert [] == broken


def without_code(path):
    """The text of a page without its blocks and its words of code."""
    return re.sub(r"`[^`\n]+`", "", sources.FENCED.sub("", path.read_text("utf-8")))


def headings_of(path):
    """The headings of a page."""
    return re.findall(r"(?m)^#+ (.+)$", sources.FENCED.sub("", path.read_text("utf-8")))


def slug(heading):
    """The anchor that a heading gets."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def test_llms_txt_has_a_sentence_for_each_page(site):
    """A line for each page of the navigation and each program, and none without words."""
    lines = [line for line in llms.index(site, PROJECT).splitlines() if line.startswith("- ")]
    programs = [path.relative_to(site).as_posix() for path in site.glob("examples/*.py.md")]
    assert sorted([*NAV, *programs]) == sorted(re.search(r"\(([^)]+)\)", line).group(1) for line in lines)
    assert [] == [line for line in lines if len(line.partition("): ")[2]) < 15]


def test_each_public_name_is_in_the_reference():
    """With a directive of its own, and nothing else is; `make docs` looks whether it was built."""
    described = public.described(DOCS / "reference")
    assert [] == [name for name in public.names() if not {name, f"{name}.{name.rpartition('.')[2]}"} & described]
    assert [] == [name for name in described if not _found(name)]


def test_each_public_module_is_known():
    """Each module with an __all__, but that for Airflow, and that of the fleet, whose names are jobwait's."""
    root = pages.ROOT / "src"
    there = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        for path in (root / "jobwait").rglob("*.py")
        if "\n__all__ = [" in path.read_text("utf-8")
    }
    private = {name for name in there if any(part.startswith("_") for part in name.split("."))}
    assert {*public.MODULES} | {"jobwait.engines.airflow", "jobwait.fleet"} == there - private


def _found(name):
    module, _, last = name.rpartition(".")
    return _is_module(name) or hasattr(import_module(module), last)


def _is_module(name):
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_the_glossary_has_eighteen_words():
    """In the order in which a reader meets them, each with a meaning."""
    rows = re.findall(r"(?m)^\| (?!word)([^-|][^|]*) \| ([^|]+) \|$", (DOCS / "glossary.md").read_text("utf-8"))
    assert 18 == len(rows) == len({word for word, _ in rows})


def test_each_error_has_a_row_and_an_example():
    """docs/errors.md has each class in its table, a heading for it, and below that a block that catches it."""
    text = (DOCS / "errors.md").read_text("utf-8")
    classes = {name for name in errors.__all__ if issubclass(getattr(errors, name), errors.JobWaitError)}
    classes -= {"JobWaitError"}
    assert classes == set(re.findall(r"(?m)^\| .*\[`(\w+)`\]\(#\w+\) \|", text))
    parts = dict(re.findall(r"(?ms)^### (\w+)\n(.*?)(?=^##)", text))
    assert classes == {*parts}
    assert [] == [name for name, part in parts.items() if f"except errors.{name}" not in part or "```text\n`" in part]


def test_the_tree_of_errors_is_that_of_the_module():
    """docs/errors.md shows the tree in the docstring of jobwait.errors."""
    tree = errors.__doc__.split("\n\n")[1].strip()
    assert tree in (DOCS / "errors.md").read_text("utf-8")
