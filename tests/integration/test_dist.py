"""The distributions: what is in them, that the wheel stands on its declared dependencies, that its types resolve."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from hatch_build import long_description
from packaging.requirements import Requirement
from release.distributions import RELATIVE, build, metadata_of

pytestmark = pytest.mark.xdist_group("dist")  # the distributions are built once
ROOT = Path(__file__).parents[2]
BASE = getattr(sys, "_base_executable", sys.executable)  # a Python without the packages of the environment
CONSUMER = """
from jobwait import promptforge
with promptforge.connect() as client:
    done = promptforge.submit(client, "prompts.jsonl", provider="openai", model="m").wait()
    reveal_type(done)
"""
USE = """
import jobwait, pathlib
from jobwait import Policy, fryte
assert pathlib.Path(jobwait.__file__).is_relative_to({target!r}), jobwait.__file__
with fryte.connect() as client:
    job = fryte.submit(client, "tour.json")
    print(job.wait(policy=Policy(interval=0.05, min_interval=0.05)).status, job.result().qualification)
"""


@pytest.fixture(autouse=True)
def _default(monkeypatch):
    """What is declared without extras has httpx, whatever the other tests run with."""
    monkeypatch.delenv("JOBWAIT_HTTP", raising=False)


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """The folder with both distributions, built from the sources as they are: twice, else it would fail."""
    out = tmp_path_factory.mktemp("dist")
    build(ROOT, out)
    return out


@pytest.fixture(scope="module")
def wheel(dist):
    """The wheel among them."""
    (path,) = dist.glob("*.whl")
    return path


def needed(name="jobwait", found=None):
    """The distributions that *name* declares, and theirs, without extras."""
    found = {} if found is None else found
    for line in distribution(name).requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            key = requirement.name.lower().replace("_", "-")
            if key not in found:
                found[key] = distribution(requirement.name)
                needed(requirement.name, found)
    return found


@pytest.fixture(scope="module")
def clean(wheel, tmp_path_factory):
    """A folder with the wheel and its declared dependencies, and nothing else."""
    target = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    for package in needed().values():
        for file in package.files or ():
            source = Path(str(package.locate_file(file)))
            if ".." not in file.parts and source.is_file():
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target / file)
    return target


def test_the_wheel_holds_the_five_packages(wheel):
    """Jobwait, the three clients and the plain one, each with its py.typed; no manifest, no tests, no generator."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if not name.startswith("jobwait-")}
    assert {"jobwait", "freeplay_client", "fryte_client", "promptforge_client", "plain_client"} == tops
    assert {f"{top}/py.typed" for top in tops} <= set(names)


def test_the_source_distribution_is_what_a_packager_needs(dist, tmp_path):
    """What builds the wheel and the tests of units and contracts are in it; results, locks and our CI are not."""
    (path,) = dist.glob("*.tar.gz")
    shutil.unpack_archive(path, tmp_path, filter="data")
    (top,) = tmp_path.iterdir()
    names = {str(found.relative_to(top)) for found in top.rglob("*")}
    kept = [found for kind in ("unit", "contract") for found in ROOT.glob(f"tests/{kind}/**/*.py")]
    tests = {str(found.relative_to(ROOT)) for found in kept}
    assert {"pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "codegen.py", *tests} <= names
    unwanted = re.compile(r"benchmarks/(results|RESULTS)|tests/(integration|soak)|requirements|\.ci|release|dist")
    assert [] == [name for name in names if unwanted.match(name)]


def test_the_long_description_leads_nowhere_that_is_not_there(wheel):
    """An index shows it without the repository: no link is relative, and each text of the README is still in it."""
    fields, _, text = metadata_of(wheel).partition("\n\n")
    assert "Description-Content-Type: text/markdown" in fields
    assert not RELATIVE.search(text)
    assert text.strip() == long_description((ROOT / "README.md").read_text("utf-8"), _files()).strip()


def _files():
    """Where the links lead: to the files of this version, if the home of the repository is known."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    home = project.get("urls", {}).get("Repository")
    return home and f"{home}/blob/v{project['version']}"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (None, "see docs/cli.md, below"),
        (
            "https://h.test/v1",
            "see [docs/cli.md](https://h.test/v1/docs/cli.md), [below](https://h.test/v1/README.md#below)",
        ),
    ],
)
def test_links_lead_to_the_files_of_the_version_or_are_dropped(files, expected):
    """Relative links get an address where there is one, else only their text is left; code is not touched."""
    code = "\n```python\nways[name](job)\n```\n"
    kept = " and [a page](https://page.test)\n" + code
    assert expected + kept == long_description("see [docs/cli.md](docs/cli.md), [below](#below)" + kept, files)


def test_the_figures_of_the_description_were_measured():
    """The one-line description repeats a table of the benchmark: our wait and the vendor's loop, uneven counts."""
    description = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["description"]
    results = (ROOT / "benchmarks" / "results" / "waiting.md").read_text("utf-8")
    table = results.partition("## Counts, uneven")[2].partition("\n## ")[0]
    cells = [[cell.strip(" *") for cell in line.split("|")] for line in table.splitlines()]
    rows = {
        row[1]: [float(cell) for cell in row[2:4]] for row in cells if row[1:2] in (["ours"], ["vendor's loop, 5 s"])
    }
    (ours, late), (theirs, theirs_late) = rows["ours"], rows["vendor's loop, 5 s"]
    expected = f"{ours:.0f} requests and {late:.1f} s of delay, with a 5 s loop {theirs:.0f} and {theirs_late:.1f} s"
    assert expected in description


def test_the_wheel_works_with_what_it_declares(clean, box, tmp_path):
    """With its declared dependencies alone the wheel plans a tour at the sandbox."""
    shutil.copyfile(ROOT / "examples" / "tour_hamburg_munich.json", tmp_path / "tour.json")
    environment = {
        **os.environ,
        "PYTHONPATH": str(clean),
        "FRYTE_API_KEY": box.fryte.key,
        "FRYTE_BASE_URL": box.fryte.url,
    }
    command = [BASE, "-S", "-W", "error", "-c", USE.format(target=str(clean))]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ("succeeded Driveable\n", "") == (done.stdout, done.stderr)


@pytest.mark.parametrize("engine", ["temporal", "airflow"])
def test_without_its_extra_an_engine_names_it(clean, tmp_path, engine):
    """Importing jobwait loads nothing of an engine; importing an engine without its extra says what to install."""
    code = f"""
import sys, jobwait, jobwait.engines
assert not [name for name in sys.modules if name.startswith(("jobwait.engines.", "temporalio", "airflow"))]
try:
    import jobwait.engines.{engine}
except ModuleNotFoundError as error:
    print(error)
"""
    environment = {**os.environ, "PYTHONPATH": str(clean)}
    command = [BASE, "-S", "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    sentence = f"jobwait.engines.{engine} needs packages that are not installed: pip install 'jobwait[{engine}]'\n"
    assert sentence == done.stdout


@pytest.mark.parametrize(("words", "extra"), [(["sandbox"], "sandbox"), (["worker", "temporal"], "temporal")])
def test_without_an_extra_the_command_names_it(clean, tmp_path, words, extra):
    """Without the extra installed the command says in one sentence which to install."""
    environment = {**os.environ, "PYTHONPATH": str(clean)}
    done = subprocess.run(
        [BASE, "-S", "-m", "jobwait", *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (2, "") == (done.returncode, done.stdout)
    assert f"pip install 'jobwait[{extra}]'" in done.stderr
    assert 1 == len(done.stderr.splitlines())


def test_without_httpx2_the_command_names_its_extra(clean, tmp_path):
    """The switch with nothing behind it is one sentence, before anything else is missed."""
    environment = {**os.environ, "PYTHONPATH": str(clean), "JOBWAIT_HTTP": "httpx2"}
    command = [BASE, "-S", "-m", "jobwait", "doctor"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    told = "JOBWAIT_HTTP=httpx2 needs a package that is not installed: pip install 'jobwait[httpx2]'\n"
    assert (2, "", told) == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("where", ["wheel", "editable"])
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_consumer_sees_the_model(checker, where, wheel, tmp_path):
    """A consumer's type checker sees job.wait() as the service's own model, from the wheel and the editable install."""
    script = tmp_path / "consumer.py"
    script.write_text(CONSUMER)
    unpacked = tmp_path / "wheel"
    if where == "wheel":  # else the checker finds what `make install` installed
        zipfile.ZipFile(wheel).extractall(unpacked)
    if checker == "mypy":
        # The settings are ours, so that what `make check` knows of the libraries is known here.
        known = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache")]
        command = [sys.executable, "-m", "mypy", "--strict", *known, str(script)]
        environment = {**os.environ, "MYPYPATH": str(unpacked)}
    else:
        (tmp_path / "pyrightconfig.json").write_text('{"include": ["consumer.py"], "extraPaths": ["wheel"]}')
        command = [sys.executable, "-m", "pyright", "--project", str(tmp_path), "--pythonpath", sys.executable]
        environment = dict(os.environ)
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "JobStatus" in done.stdout, done.stdout + done.stderr
    assert 0 == done.returncode, done.stdout
