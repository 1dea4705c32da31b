"""Judge: a candidate that does not fit jobwait's pages is told by the field that is missing."""

import shutil

import pytest
from generator.faults import Fault
from generator.judge import judge
from generator.places import GENERATED

from generator import judge as stage

PAGE = """
from promptforge_client.api.jobs import get_job_status
from promptforge_client.models.job_status import JobStatus


def done(status: JobStatus) -> object:
    return status.completed_count
"""


@pytest.fixture
def candidate(tmp_path):
    """A folder with the PromptForge client in it."""
    folder = tmp_path / "candidate"
    shutil.copytree(GENERATED / "promptforge_client", folder / "promptforge_client")
    return folder


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Write jobwait/promptforge/__init__.py in a source folder that the judge looks at."""
    sources = tmp_path / "src"
    (sources / "jobwait").mkdir(parents=True)
    (sources / "jobwait" / "__init__.py").touch()
    monkeypatch.setattr(stage, "SOURCES", sources)
    monkeypatch.setattr(stage, "TESTS", tmp_path / "tests")
    return (sources / "jobwait" / "promptforge.py").write_text


def rewrite(path, old, new):
    """Replace *old* in the file *path*."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_fitting_candidate_passes(candidate, page):
    """
    A candidate that has all that the pages use is fine.
    """
    page(PAGE)

    judge(candidate, with_pages=True)


def test_a_missing_field_is_named(candidate, page):
    """
    A field that a page reads and the new client lacks is one sentence with both names.
    """
    page(PAGE)
    rewrite(candidate / "promptforge_client/models/job_status.py", "completed_count", "answered_count")

    with pytest.raises(Fault, match="completed_count of JobStatus, which is not there any more"):
        judge(candidate, with_pages=True)


def test_what_is_missing_is_not_found_elsewhere(candidate, page):
    """
    A module that the candidate lacks is missing, though an editable install has it in the old generated/.
    """
    page(PAGE + "\nfrom promptforge_client.api.jobs import get_job_results as more\n")
    (candidate / "promptforge_client/api/jobs/get_job_results.py").unlink()

    with pytest.raises(Fault, match=r"imports get_job_results from promptforge_client\.api\.jobs"):
        judge(candidate, with_pages=True)


def test_a_missing_package_is_not_found_elsewhere(candidate, page):
    """
    The same holds for a whole package.
    """
    page("import fryte_client\n")

    with pytest.raises(Fault, match="imports fryte_client"):
        judge(candidate, with_pages=True)


def test_a_page_must_import(candidate, page):
    """
    What types do not show, running the module does.
    """
    page("raise RuntimeError('no such luck')\n")

    with pytest.raises(Fault, match=r"jobwait/promptforge\.py cannot be imported .*no such luck"):
        judge(candidate, with_pages=True)


def test_a_candidate_must_type_check(candidate):
    """
    A package with an error in its types is refused with the place.
    """
    rewrite(candidate / "promptforge_client/client.py", "timeout: float", "timeout: str")

    with pytest.raises(Fault, match=r"promptforge_client/client\.py:\d+: "):
        judge(candidate, with_pages=False)


def test_every_module_must_run(candidate):
    """
    A module that type-checks but does not run is refused.
    """
    rewrite(
        candidate / "promptforge_client/models/job_state.py",
        "@classmethod",
        "_broken = 1 // 0\n\n    @classmethod",
    )

    with pytest.raises(Fault, match="cannot be imported: ZeroDivisionError"):
        judge(candidate, with_pages=False)


def test_the_contract_test_runs_with_the_candidate(candidate, page, tmp_path):
    """
    The contract test sees the candidate first, and what it finds stops the run.
    """
    page(PAGE)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_contract.py").write_text(
        "import promptforge_client\n"
        "def test_verdicts():\n"
        "    assert 'candidate' in promptforge_client.__file__, 'the old one'\n"
        "    assert False, 'PAUSED has no verdict'\n"
    )

    with pytest.raises(Fault, match="PAUSED has no verdict"):
        judge(candidate, with_pages=True)
