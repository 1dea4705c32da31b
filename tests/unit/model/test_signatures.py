"""What help(), an IDE and a TypeError show of the public calls."""

import importlib
import inspect
import pickle
import re
import subprocess
import sys
from importlib.metadata import version
from typing import get_type_hints

import anyio
import attrs
import pytest

import jobwait
from jobwait import Policy, PollingDefaults, freeplay, fryte, promptforge
from jobwait._jobs.batch import CONCURRENCY
from jobwait.fleet import functions
from jobwait.llm_batches import anthropic, mistral, openai
from jobwait.promptforge import PromptForgeJob
from jobwait.service import BatchOptions, DeclaredService, Job
from jobwait.testing import FakeServer
from jobwait.tracker import Tracker
from support.waits import batch, connect

MODULES = ["", ".errors", ".fleet", ".freeplay", ".fryte", ".hooks", ".llm_batches", ".otel", ".promptforge"]
MODULES += [".sandbox", ".service", ".testing", ".tracker"]
OWNERS = [jobwait, freeplay, fryte, promptforge, anthropic, mistral, openai]
CLASSES = [Job, freeplay.FreeplayJob, fryte.FryteJob, PromptForgeJob, openai.OpenAIBatch, DeclaredService, Tracker]
PAIRS = [
    pytest.param(getattr(owner, name.removesuffix("_async")), getattr(owner, name), id=f"{owner.__name__}.{name}")
    for owner in [*OWNERS, *CLASSES]
    for name in getattr(owner, "__all__", dir(owner))
    if name.endswith("_async") and name[0] != "_"
]


def public(module):
    """The classes and functions of jobwait that *module* exports, by name."""
    found = {name: getattr(module, name) for name in module.__all__}
    kinds = type, type(public)
    return {name: one for name, one in found.items() if isinstance(one, kinds) and one.__module__.startswith("jobwait")}


@pytest.mark.parametrize(("sync", "asynchronous"), PAIRS)
def test_a_function_and_its_async_counterpart_have_the_same_arguments(sync, asynchronous):
    """The names, kinds and defaults are equal, and so are the types, except for what only a task can wait for."""
    ours, theirs = (inspect.signature(one).parameters for one in (sync, asynchronous))
    assert list(ours.values())[1:] == list(theirs.values())[1:]
    assert list(ours) == list(theirs)
    assert all(inspect.getdoc(one) for one in (sync, asynchronous))


@pytest.mark.parametrize(
    "call",
    [getattr(jobwait, name) for name in ("as_completed", "updates", "wait_all", "watch")]
    + [Job.wait, Job.outcome, Job.updates, Tracker.run, *(one.submit_all for one in OWNERS[1:4])],
    ids=lambda call: call.__qualname__,
)
def test_each_keyword_argument_is_in_the_signature(call):
    """No function that waits or submits hides arguments behind two stars."""
    assert inspect.Parameter.VAR_KEYWORD not in {one.kind for one in inspect.signature(call).parameters.values()}


def test_the_concurrency_in_the_signatures_is_the_one_of_the_code():
    """The number that a signature shows is the default of those who do the work."""
    fleets = [jobwait.wait_all, jobwait.as_completed, jobwait.updates, Tracker.run]
    assert {functions.CONCURRENCY} == {inspect.signature(one).parameters["concurrency"].default for one in fleets}
    batches = [freeplay.submit_all, fryte.submit_all, promptforge.submit_all]
    assert {CONCURRENCY} == {inspect.signature(one).parameters["concurrency"].default for one in batches}
    assert all(set(BatchOptions.__annotations__) <= set(inspect.signature(one).parameters) for one in batches)


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        (Job.wait, "S_co"),
        (Job.outcome_async, "Outcome[S_co]"),
        (fryte.submit, "jobwait.fryte.FryteJob"),
        (fryte.submit_async, "jobwait.fryte.FryteJob"),
        (fryte.submit_all, "list[FryteJob | JobWaitError]"),
        (freeplay.FreeplayJob.cancel, "None"),
        (PromptForgeJob.download, "list[pathlib.Path]"),
    ],
)
def test_a_signature_says_what_a_call_returns(call, shown):
    """And nothing of the operation inside."""
    returned = inspect.signature(call).return_annotation
    assert shown == inspect.formatannotation(returned).strip("'")


@pytest.mark.parametrize("name", MODULES)
def test_what_a_public_module_exports_names_no_private_module(name):
    """help(), reprs and pickles show the place from which people import; for jobwait itself, that very place."""
    module = importlib.import_module(f"jobwait{name}")
    homes = {shown: one.__module__ for shown, one in public(module).items()}
    assert {} == {shown: home for shown, home in homes.items() if "._" in home}
    if not name:
        assert {"jobwait", "jobwait.errors"} == set(homes.values())


@pytest.mark.parametrize("name", MODULES)
def test_the_place_that_a_class_names_has_it(name):
    """A pickle finds each class there."""
    module = importlib.import_module(f"jobwait{name}")
    for one in filter(inspect.isclass, public(module).values()):
        assert one is getattr(importlib.import_module(one.__module__), one.__qualname__)


def test_a_policy_that_an_earlier_version_pickled_is_read():
    """The class is where its pickles say, whichever place that was."""
    now = pickle.dumps(Policy(timeout=3), 0)
    earlier = now.replace(b"cjobwait\nPolicy", b"cjobwait._model.policy\nPolicy")
    assert now != earlier
    assert Policy(timeout=3) == pickle.loads(now) == pickle.loads(earlier)


def test_the_types_of_a_policys_fields_can_be_read_at_run_time():
    """Libraries that make objects of JSON ask for them."""
    assert {one.name for one in attrs.fields(Policy)} <= set(get_type_hints(Policy))
    assert {one.name for one in attrs.fields(PollingDefaults)} <= set(get_type_hints(PollingDefaults))


def test_policy_says_each_default():
    """The value in brackets is the one that the services have."""
    said = dict(re.findall(r"(?<=[\s,])(\w+) \[([^\]]+)\]", Policy.__doc__))
    assert {one.name for one in attrs.fields(Policy)} == set(said)
    modules = (freeplay, fryte, promptforge)
    for field in attrs.fields(PollingDefaults):
        if field.name in {"timeout", "interval"}:
            values = [getattr(module.SERVICE.defaults, field.name) for module in modules]
            names = ("Freeplay", "FRYTE", "PromptForge")
            assert said[field.name] == ", ".join(
                f"{value:g} at {name}" for value, name in zip(values, names, strict=True)
            )
        elif field.name in said:
            value = f"{field.default:g}" if type(field.default) in {int, float} else str(field.default)
            assert said[field.name].strip('"') == value
            assert {field.default} == {getattr(module.SERVICE.defaults, field.name) for module in modules}


def test_the_repr_of_a_policy_shows_what_was_given():
    """Thirteen defaults would hide it."""
    assert "Policy(timeout=60.0, on_unknown='raise')" == repr(Policy(on_unknown="raise", timeout=60))
    assert "Policy()" == repr(Policy())


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: jobwait.wait_all([], timeot=1), r"wait_all\(\) got .*'timeot'\. Did you mean 'timeout'\?"),
        (
            lambda: anyio.run(lambda: jobwait.wait_all_async([], weigth=1)),
            r"wait_all_async\(\) got .*'weigth'\. Did you mean 'weight'\?",
        ),
        (lambda: job().wait(policcy=1), r"Job\.wait\(\) got .*'policcy'\. Did you mean 'policy'\?"),
        (
            lambda: anyio.run(lambda: job().outcome_async(stopp=1)),
            r"Job\.outcome_async\(\) got .*'stopp'\. Did you mean 'stop'\?",
        ),
        (lambda: Policy(timeot=1), r"Policy\(\) got .*'timeot'\. Did you mean 'timeout'\?"),
        (
            lambda: fryte.submit_all(None, [], corrider=1),
            r"submit_all\(\) got .*'corrider'\. Did you mean 'corridor'\?",
        ),
        (
            lambda: anyio.run(lambda: promptforge.submit_async(None, [], modl="m")),
            r"submit_async\(\) got .*'modl'\. Did you mean 'model'\?",
        ),
        (lambda: fryte.connect(api_kye="k"), r"connect\(\) got an unexpected keyword argument 'api_kye'.*"),
        (lambda: promptforge.job(None, jobid="7"), r"job\(\) got .*'jobid'.*"),
        (lambda: promptforge.submit(None, []), r"submit\(\) missing 2 required keyword-only arguments: .*'model'"),
        (lambda: job().download(), r"PromptForgeJob\.download\(\) missing 1 required positional argument: 'folder'"),
        (lambda: jobwait.watch(len, idd="7", name="n"), r"watch\(\) got .*'idd'\. Did you mean 'id'\?"),
        (lambda: job().wait(xyz=1), r"Job\.wait\(\) got an unexpected keyword argument 'xyz'"),
    ],
)
def test_a_type_error_names_the_public_function_and_what_was_meant(call, said):
    """Whichever Python it is; a name that resembles none is answered without a guess."""
    with pytest.raises(TypeError, match=f"^{said}$"):
        call()


def test_a_type_error_of_the_callers_own_code_passes_unchanged():
    """Only those about the arguments of the call itself are worded anew."""

    def own(_):
        raise TypeError("own() got an unexpected keyword argument 'timeot'")

    with pytest.raises(TypeError, match=r"'timeot'$"):
        job(batch(job_id="j")).wait(on_update=own)


def test_dir_shows_public_names():
    """Tab completion offers what people may use."""
    code = "import jobwait, jobwait.tracker, jobwait.service; print(*dir(jobwait)); print(*dir(jobwait.service))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for line, module in zip(done.stdout.splitlines(), (jobwait, jobwait.service), strict=True):
        names = {name for name in line.split() if not name.startswith("__")}
        assert names - {"errors", "fleet", "freeplay", "hooks", "service", "tracker"} == {
            name for name in module.__all__ if not name.startswith("__") and name != "errors"
        }


def test_the_version_is_the_one_of_the_package():
    """As pip shows it."""
    assert version("jobwait") == jobwait.__version__


def job(*responses):
    """A handle on a job of PromptForge."""
    return promptforge.job(connect(FakeServer(*responses or [batch(job_id="j")])), "j")
