"""A status that no set of a declaration has: each sentence about it names the word, the place and the next step."""

import json

import attrs
import pytest

from jobwait import Policy, atlas, errors
from jobwait.service import load
from jobwait.testing import FakeServer, virtual_time
from support.declared import KEY, RENDERS

WHERE = "'burnt', which is in no set of `state` in w.json"
STEP = 'add it there, or use --status-means burnt=failed, in Python Policy(statuses={"failed": {"burnt"}})'


def job_of(service, status):
    """A job of *service* that always has this *status*."""
    return service.job(service.connect(KEY, transport=FakeServer({"data": {"status": status}})), id="7")


@pytest.fixture
def service(tmp_path):
    """The service of a declaration in a file."""
    (tmp_path / "w.json").write_text(json.dumps(RENDERS))
    return load(tmp_path / "w.json")


def test_the_warning_names_the_file_and_what_to_add(service):
    """So that the wait need not come to its timeout first."""
    with virtual_time(), pytest.warns(errors.UnknownStatusWarning) as warned:
        job_of(service, "burnt").outcome(timeout=60)
    expected = f"renders job 7 reports {WHERE}. The wait goes on; if it means failed, {STEP}."
    assert [expected] == [str(one.message) for one in warned]


@pytest.mark.filterwarnings("ignore::jobwait.errors.UnknownStatusWarning")
def test_a_timeout_says_that_the_job_may_have_ended(service):
    """Not that it still runs, nor that a longer timeout would help."""
    with virtual_time():
        text = str(job_of(service, "burnt").outcome(timeout=60).error)
    assert text.startswith(f"renders job 7 still reported {WHERE}, after 60 s (")
    assert text.endswith(f"): it may have ended. It was not canceled. If it means failed, {STEP}; then wait again.")
    assert "longer timeout" not in text


def test_on_unknown_raise_says_what_to_add_too(service):
    """The wait ends at once."""
    with virtual_time():
        error = job_of(service, "burnt").outcome(policy=Policy(on_unknown="raise")).error
    assert f'renders job 7 reports {WHERE}, and on_unknown="raise": if it means failed, {STEP}.' == str(error)


@pytest.mark.filterwarnings("ignore::jobwait.errors.UnknownStatusWarning")
def test_an_answer_without_the_path_asks_to_check_the_path(service):
    """No word can be added for it."""
    with virtual_time():
        job = service.job(service.connect(KEY, transport=FakeServer({"other": 1})), id="7")
        text = str(job.outcome(timeout=60).error)
    assert text.endswith("It was not canceled. Check the path of `state` in w.json; then wait again.")


@pytest.mark.filterwarnings("ignore::jobwait.errors.UnknownStatusWarning")
@pytest.mark.parametrize(
    ("made", "where"),
    [
        (lambda: load(RENDERS), "in no set of `state` in the declaration of renders,"),
        (lambda: attrs.evolve(load(RENDERS), declared_in=""), "a status that jobwait does not know of renders,"),
        (lambda: atlas.service("openai-batches"), "a status that jobwait does not know of openai-batches,"),
    ],
)
def test_only_a_declaration_of_the_users_is_named_as_the_place(made, where):
    """A mapping has no file, and nobody is to edit what comes with jobwait."""
    service = made()
    network = FakeServer({"status": "burnt", "data": {"status": "burnt"}})
    with virtual_time():
        text = str(service.job(service.connect(KEY, transport=network), id="7").outcome(timeout=60).error)
    assert where in text


@pytest.mark.filterwarnings("ignore::jobwait.errors.UnknownStatusWarning")
@pytest.mark.parametrize(
    ("status", "said"),
    [("on hold", "--status-means 'on hold=failed',"), ("a\nb", "--status-means STATUS=failed,"),
     ("x" * 99, "--status-means STATUS=failed,")],
)  # fmt: skip
def test_the_option_can_be_pasted_into_a_shell(service, status, said):
    """A status with spaces is quoted; one that is no word is left to the reader."""
    with virtual_time():
        assert said in str(job_of(service, status).outcome(timeout=60).error)
