"""Pipeline: what codegen.py does with generated/, as its user sees it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from generator.paths import ROOT

pytestmark = pytest.mark.xdist_group("pipeline")  # packages that one of these tests has built are used by the others


@pytest.fixture
def changed(project):
    """A copy of the repository with one changed summary in PromptForge's spec."""
    spec = project.root / "specs/promptforge/openapi.yaml"
    spec.write_text(spec.read_text().replace("summary: Whether the service is up.", "summary: Is it up?"))
    return project


def test_a_run_without_changes_writes_nothing(project):
    """Neither a run nor --check changes a byte if the specs have not changed."""
    before = project.contents()

    for arguments, message in ([], "generated/ is up to date.\n"), (["--check"], "generated/ is what the specs say.\n"):
        done = project.codegen(*arguments)
        assert (0, message, "") == (done.returncode, done.stdout, done.stderr)
    assert before == project.contents()


def test_codegen_as_a_process_prints_the_message_and_exits_0():
    """The script runs from the root of the repository."""
    spec = str(Path(__file__).parent / "shop.yaml")
    command = [sys.executable, "codegen.py", "diff", spec, spec]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (0, "shop.yaml: nothing changed for callers.\n", "") == (done.returncode, done.stdout, done.stderr)


def test_check_shows_what_a_changed_spec_changes_in_generated(changed):
    """--check generates everything, shows the differences and writes nothing."""
    before = changed.contents()
    done = changed.codegen("--check")

    assert 1 == done.returncode
    assert "promptforge_client/api/health/get_health.py: differs" in done.stderr
    assert '+"""Is it up?' in done.stderr
    assert "fryte_client" not in done.stderr
    assert before == changed.contents()


def test_a_run_generates_changed_specs_and_deletes_clients_without_spec(changed):
    """The next run finds that everything is up to date."""
    for service in ("fryte", "freeplay"):
        shutil.rmtree(changed.root / "specs" / service)
    done = changed.codegen()

    assert (0, "") == (done.returncode, done.stderr)
    assert "Is it up?" in (changed.generated / "promptforge_client/api/health/get_health.py").read_text()
    assert {"promptforge_client", "plain_client", "MANIFEST.json"} == {
        path.name for path in changed.generated.iterdir()
    }
    assert "up to date" in changed.codegen().stdout


def test_check_finds_an_edited_file_of_generated(project):
    """A generated file that was edited differs from what the specs give."""
    edited = project.generated / "fryte_client" / "errors.py"
    edited.write_text(edited.read_text() + "# a note\n")
    done = project.codegen("--check")

    assert 1 == done.returncode
    assert "fryte_client/errors.py: differs" in done.stderr
    assert "-# a note" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_an_unknown_file_in_generated_is_refused(project, arguments):
    """A file that codegen.py did not generate would be in the wheel, and lost at the next run."""
    unknown = project.generated / "fryte_client" / "helpers.py"
    unknown.touch()
    done = project.codegen(*arguments)

    assert 1 == done.returncode
    assert "generated/fryte_client/helpers.py" in done.stderr
    assert unknown.exists()


def test_a_damaged_manifest_is_an_error_with_the_next_step(project):
    """A manifest with merge markers is a sentence, not a traceback."""
    (project.generated / "MANIFEST.json").write_text("<<<<<<<")
    done = project.codegen()

    assert 1 == done.returncode
    assert "MANIFEST.json does not parse; delete the folder" in done.stderr


def test_an_error_in_an_overlay_changes_nothing_in_generated(project):
    """The error is one sentence, and nothing is written."""
    (project.root / "specs/fryte/overlay.yaml").write_text("overlay: 1.0.0\nactions: [{target: $.x, remove: true}]")
    before = project.contents()
    done = project.codegen()

    assert 1 == done.returncode
    assert "overlay.yaml, action 1: $.x matches nothing.\n" == done.stderr.partition("fryte/")[2]
    assert before == project.contents()


def test_a_field_that_a_service_module_reads_and_a_new_spec_lacks_stops_the_run(project):
    """The summary says that it is breaking, the error names the field, and nothing is written."""
    shutil.copytree(ROOT / "src", project.root / "src", ignore=shutil.ignore_patterns("__pycache__"))
    spec = project.root / "specs/promptforge/openapi.yaml"
    spec.write_text(spec.read_text().replace(" url,", " link,").replace(" url:", " link:"))
    before = project.contents()
    done = project.codegen()

    assert 1 == done.returncode
    assert "BREAKING  ResultFile.url: read: field removed" in done.stdout
    assert "[src/jobwait/promptforge, which reads it]" in done.stdout
    assert "reads url of ResultFile, which no longer exists." in done.stderr
    assert before == project.contents()


def test_a_field_that_a_declared_job_reads_and_a_new_spec_lacks_stops_the_run(project):
    """The error names the field, and nothing is written."""
    spec = project.root / "specs/promptforge/openapi.yaml"
    described, mark, declared = spec.read_text().partition("\nx-job:")
    spec.write_text(described.replace("completed_count", "answered_count") + mark + declared)
    before = project.contents()
    done = project.codegen()

    assert 1 == done.returncode
    assert "it reads completed_count, which the answer of get_job_status does not have" in done.stderr
    assert before == project.contents()


@pytest.mark.parametrize("arguments", [["--chek"], ["client"], ["nonsense"], ["--check", "diff", "a", "b"]])
def test_wrong_usage_exits_2(project, arguments):
    """A command line that does not exist is not an error of a spec."""
    assert 2 == project.codegen(*arguments).returncode
