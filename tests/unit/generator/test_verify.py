"""Verify: new packages with errors, or that jobwait's service modules cannot use, are refused with the reason."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from generator import paths
from generator.errors import GeneratorError
from generator.paths import GENERATED
from generator.publish import type_cache
from generator.publish import verify as checks
from generator.publish.isolated_python import isolated_python

MODULE = """
from promptforge_client.api.jobs import get_job_status
from promptforge_client.models.job_status import JobStatus


def done(status: JobStatus) -> object:
    return status.completed_count
"""


@pytest.fixture
def candidate(tmp_path):
    """A folder with the PromptForge client."""
    folder = tmp_path / "candidate"
    shutil.copytree(GENERATED / "promptforge_client", folder / "promptforge_client")
    return folder


@pytest.fixture
def write_module(tmp_path, monkeypatch):
    """Write jobwait/promptforge.py in another source folder, the only one that verify reads."""
    package = tmp_path / "src" / "jobwait"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.setattr(paths, "SOURCES", tmp_path / "src")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    return (package / "promptforge.py").write_text


@pytest.fixture(scope="module")
def python():
    """A Python without jobwait."""
    with isolated_python() as python:
        yield python


def rewrite(path, old, new):
    """Replace *old* in the file *path*."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_verify_accepts_a_client_that_fits_the_service_modules(candidate, write_module):
    """A candidate that has everything the modules use passes all checks."""
    write_module(MODULE)

    checks.verify(candidate, with_services=True)


def test_verify_runs_every_check_that_applies(candidate, write_module, tmp_path, monkeypatch):
    """Types and imports always; service modules and the contract test if they exist and are asked for."""
    ran = []
    for name in ("check_types", "check_imports", "check_service_imports", "check_contract"):
        monkeypatch.setattr(checks, name, lambda *_arguments, name=name: ran.append(name))
    checks.verify(candidate, with_services=False)
    assert {"check_types", "check_imports"} == set(ran)
    write_module(MODULE)
    checks.verify(candidate, with_services=True)
    assert {"check_types", "check_imports"} == set(ran[2:4])
    assert ["check_service_imports"] == ran[4:]
    (tmp_path / paths.CONTRACT_TEST).parent.mkdir(parents=True)
    (tmp_path / paths.CONTRACT_TEST).touch()
    checks.verify(candidate, with_services=True)
    assert ["check_service_imports", "check_contract"] == ran[7:]


def test_type_errors_name_the_place_and_the_missing_name(candidate, write_module, python):
    """
    One sentence for each: a missing field, module and package, and an error in the client itself.

    What the candidate lacks is not found in the old generated/, which an editable install adds to the path.
    """
    write_module(
        MODULE + "\nimport fryte_client\nfrom promptforge_client import Gone\n"
        "from promptforge_client.models import JobGone\n"
        "from promptforge_client.api.jobs import get_job_results as more\n"
    )
    rewrite(candidate / "promptforge_client/models/job_status.py", "completed_count", "answered_count")
    (candidate / "promptforge_client/api/jobs/get_job_results.py").unlink()
    (candidate / "promptforge_client/_methods/jobs.py").unlink()
    rewrite(candidate / "promptforge_client/client.py", "timeout: float", "timeout: str")

    with pytest.raises(GeneratorError, match="have type errors") as refusal:
        checks.check_types(candidate, ["promptforge"], python)
    module, client = "src/jobwait/promptforge.py", "promptforge_client/client.py"
    for place, sentence in (
        (module, "reads completed_count of JobStatus, which no longer exists."),
        (module, "imports get_job_results from promptforge_client.api.jobs, which no longer exists."),
        (module, "imports Gone from promptforge_client, which no longer exists."),
        (module, "imports JobGone from promptforge_client.models, which no longer exists."),
        (module, "imports fryte_client, which no longer exists."),
        (client, 'Argument "timeout"'),
    ):
        assert any(one.startswith(f"{place}:") and sentence in one for one in refusal.value.places), refusal.value


def test_a_service_module_that_fails_at_import_is_refused(candidate, write_module, python):
    """The error names the module and the exception."""
    write_module("raise RuntimeError('no such thing')\n")

    with pytest.raises(GeneratorError, match=r"jobwait\.promptforge cannot be imported .*RuntimeError: no such thing"):
        checks.check_service_imports(candidate, ["promptforge"], python)


def test_a_module_missing_in_the_candidate_is_not_imported_from_elsewhere(candidate, write_module, python):
    """The old generated/ of an editable install is not on the path."""
    write_module("import fryte_client\n")

    with pytest.raises(GeneratorError, match="No module named 'fryte_client'"):
        checks.check_service_imports(candidate, ["promptforge"], python)


def test_a_client_module_that_fails_at_import_is_refused(candidate, python):
    """A module that type-checks may still raise."""
    path = candidate / "promptforge_client/models/job_state.py"
    rewrite(path, "@classmethod", "_broken = 1 // 0\n\n    @classmethod")

    with pytest.raises(GeneratorError, match="cannot be imported: ZeroDivisionError"):
        checks.check_imports(candidate, python)


def test_a_failing_contract_test_is_refused_with_its_message(candidate, write_module, tmp_path, python):
    """The contract test imports the candidate, and its failures are in the error."""
    write_module(MODULE)
    test = tmp_path / paths.CONTRACT_TEST
    test.parent.mkdir(parents=True)
    test.write_text(
        "import promptforge_client\n"
        "def test_states():\n"
        "    assert 'candidate' in promptforge_client.__file__, 'the old one'\n"
        "    assert False, 'PAUSED has no state'\n"
    )

    with pytest.raises(GeneratorError, match="PAUSED has no state"):
        checks.check_contract(candidate, python)


def test_the_isolated_python_has_the_tools_but_not_jobwait(python):
    """It has the packages of this environment, except editable ones."""
    assert Path(sys.executable) != python
    assert python.exists()


def test_one_client_is_checked_whole_and_under_its_own_name_in_errors(candidate, python):
    """An error in a module that all clients share is found, also when the cache knows it from another folder."""
    for module in ("_answers.py", "client.py"):
        with (candidate / "promptforge_client" / module).open("a") as file:
            file.write("\nWRONG: int = ''\n")

    with pytest.raises(GeneratorError, match="have type errors"):
        checks.check_types(candidate, [], python)
    again = shutil.copytree(candidate, candidate.with_name("again"))
    with pytest.raises(GeneratorError, match="have type errors") as refusal:
        checks.check_types(again, [], python)
    places = [one.partition(":")[0] for one in refusal.value.places]
    assert ["promptforge_client/_answers.py", "promptforge_client/client.py"] == sorted(places), refusal.value


def test_the_cache_of_the_type_checker_has_one_user_and_is_made_anew_if_broken(candidate, tmp_path, monkeypatch):
    """Another run takes the next cache; what a killed run left is deleted; a checker that still fails is an error."""
    monkeypatch.setattr(type_cache, "FOLDER", tmp_path / "caches")
    with type_cache.free_cache() as first, type_cache.free_cache() as second:
        assert ["0", "1"] == [first.name, second.name]
        (first / "3.11").mkdir()
        (first / "3.11" / "cache.db").write_text("broken")
    results = [subprocess.CompletedProcess((), 2, "", "DatabaseError"), subprocess.CompletedProcess((), 0, "", "")]
    monkeypatch.setattr(checks, "run", lambda *_arguments, **_environment: results.pop(0))
    checks.check_types(candidate, [], tmp_path)
    assert not results
    assert [] == list(first.iterdir())
    results += [subprocess.CompletedProcess((), 2, "", "DatabaseError")] * 2
    with pytest.raises(GeneratorError, match="cannot be type-checked"):
        checks.check_types(candidate, [], tmp_path)
