"""Runs: what codegen.py does, as a user sees it."""

import shutil

import pytest
from generator.places import ROOT


@pytest.fixture
def described(copy):
    """A copy whose PromptForge spec has a new word in it."""
    spec = copy.root / "specs/promptforge/openapi.yaml"
    spec.write_text(spec.read_text().replace("summary: Whether the service is up.", "summary: Is it up?"))
    return copy


def test_nothing_changed_writes_nothing(copy):
    """
    A run for specs that have not changed says so and leaves every byte alone.
    """
    before = copy.contents()

    for arguments in ([], ["--check"]):
        done = copy.codegen(*arguments)
        assert (0, "") == (done.returncode, done.stderr)
    assert before == copy.contents()


def test_check_tells_a_changed_spec(described):
    """
    --check makes everything anew, tells what differs and writes nothing.
    """
    before = described.contents()
    done = described.codegen("--check")

    assert 1 == done.returncode
    assert "promptforge_client/api/health/get_health.py: differs" in done.stderr
    assert '+"""Is it up?' in done.stderr
    assert "fryte_client" not in done.stderr
    assert before == described.contents()


def test_changed_specs_are_generated(described):
    """
    A run makes the packages anew, drops those whose spec is gone, and the next run finds all up to date.
    """
    for service in ("fryte", "freeplay"):
        shutil.rmtree(described.root / "specs" / service)
    done = described.codegen()

    assert (0, "") == (done.returncode, done.stderr)
    assert "Is it up?" in (described.generated / "promptforge_client/api/health/get_health.py").read_text()
    assert {"promptforge_client", "MANIFEST.json"} == {path.name for path in described.generated.iterdir()}
    assert "up to date" in described.codegen().stdout


def test_check_tells_an_edited_file(copy):
    """
    A generated file that somebody edited is not what the specs say, even if its manifest was edited along.
    """
    edited = copy.generated / "fryte_client" / "errors.py"
    edited.write_text(edited.read_text() + "# a note\n")
    done = copy.codegen("--check")

    assert 1 == done.returncode
    assert "fryte_client/errors.py: differs" in done.stderr
    assert "-# a note" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_strays_are_refused(copy, arguments):
    """
    A file in generated/ that codegen.py did not make would be shipped, and lost at the next run.
    """
    stray = copy.generated / "fryte_client" / "helpers.py"
    stray.touch()
    done = copy.codegen(*arguments)

    assert 1 == done.returncode
    assert "generated/fryte_client/helpers.py" in done.stderr
    assert stray.exists()


def test_a_broken_manifest_is_told(copy):
    """
    A manifest that a merge left in pieces is a sentence, not a traceback.
    """
    (copy.generated / "MANIFEST.json").write_text("<<<<<<<")
    done = copy.codegen()

    assert 1 == done.returncode
    assert "MANIFEST.json does not parse" in done.stderr


def test_a_fault_leaves_generated_alone(copy):
    """
    A spec with a fault is told in one sentence, and nothing is written.
    """
    (copy.root / "specs/fryte/overlay.yaml").write_text("overlay: 1.0.0\nactions: [{target: $.x, remove: true}]")
    before = copy.contents()
    done = copy.codegen()

    assert 1 == done.returncode
    assert "overlay.yaml, action 1: $.x matches nothing.\n" == done.stderr.partition("fryte/")[2]
    assert before == copy.contents()


def test_what_a_change_means_is_told_before_the_swap(copy):
    """
    A spec without a field that a page reads: the summary says so, the refusal names the field, nothing is written.
    """
    shutil.copytree(ROOT / "src", copy.root / "src")
    spec = copy.root / "specs/promptforge/openapi.yaml"
    spec.write_text(spec.read_text().replace("completed_count", "answered_count"))
    before = copy.contents()
    done = copy.codegen()

    assert 1 == done.returncode
    assert "BREAKING  JobStatus.completed_count: read: field removed" in done.stdout
    assert "[src/jobwait/promptforge/__init__.py, which reads it]" in done.stdout
    assert "reads completed_count of JobStatus, which is not there any more." in done.stderr
    assert before == copy.contents()


@pytest.mark.parametrize("arguments", [["--chek"], ["client"], ["nonsense"]])
def test_wrong_usage_exits_2(copy, arguments):
    """
    A command line that does not exist is not a fault of any spec.
    """
    assert 2 == copy.codegen(*arguments).returncode
