"""What an engine keeps of a batch: versioned, small, and refused where it cannot be."""

import asyncio
import json
import random
import string
from dataclasses import asdict, replace
from datetime import timedelta
from importlib import import_module
from uuid import UUID

import pytest
from benchmarks.engines.served import CANARY
from temporalio.converter import DataConverter
from tests.support.payloads import FREEPLAY_JOB, IDENTIFIER, PROMPTFORGE_JOB

from jobwait import DelayPerRequest, Lateness, MaxRequests, Policy, errors, promptforge
from jobwait._httpx import httpx
from jobwait.engines.batch_run import MAX_ERROR, MAX_REASON, MAX_STATUS, BatchRun
from jobwait.engines.batches import MAX_ID_LENGTH, MAX_JOBS, batches, check, check_common
from jobwait.engines.payloads import Batch, BatchDone, Checkpoint, Ended, from_dict
from jobwait.engines.policy_json import policy_from_dict, policy_to_dict
from jobwait.engines.truncate import truncate

OLD = (
    "c${5P%TB{E5d0TkDOHk|f_epRAUO2aplFk9TT|Cg{b+%z|IV)6M?i|Aot^Q{dVCP5TWrO2eh{Cgt|XNL#6UO?9;tSrX%Ja55Ek|o"
    "_k$zi@$L2f<$3n}!~}vfT1<6NY9P>BW6z*7N|AhYYEzlT;nuUOD6(R5o9DMhG0P{@ETiux{&@vNU4j3ny8owYjmEQ?Hy%_1#}9^U"
    ")Z{o9hmvo%2kA>O%?BmTwmaD%p;C0#Y&yR%c1f7Hm2o~2(8*zs9O4&jI+aASb)-piDYdAtOL64c>2~F5D{6##BYkQuKsk&HpzgsI"
    "p;c1j^^h`V%@!HeDY_F-;C#hw&ww8*uCNUl*oT@8=mu2<ZvDqtAz1Cx?%fJpB)tvH0r#^ZyKq)gFRxtCUaG5QjZ4s1NHHxfI@jB2"
    "W%fP6#_Xa~noiH8zS9mtOYbg(!^Y^ghqnP}?gd{`8D=qR`E!npVY9+!9dju1(FE$d$s!vUIDP<n8S!!a1*4ks>i"
)
IDS = [f"3f7a1c2e-0000-4000-8000-{number:012d}" for number in range(MAX_JOBS)]


def batch(**changes):
    return replace(Batch(service="promptforge", account="team", job_ids=["a", "b"]), **changes)


def test_batches_of_ids_split_as_asked_and_name_each_once():
    """Ids are split as asked, each once, in their order."""
    made = batches("promptforge", "team", ["a", "b", "a", "c"], size=2)
    assert [["a", "b"], ["c"]] == [one.job_ids for one in made]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"job_ids": []}, "1 to 1000 jobs, not 0"),
        ({"job_ids": [*IDS, "one more"]}, "1 to 1000 jobs, not 1001"),
        ({"job_ids": ["a", "a"]}, "twice"),
        ({"job_ids": ["a", ""]}, "an empty one"),
        ({"version": 2}, "version 2"),
        ({"policy": {"patience_of_a_saint": 1}}, "patience_of_a_saint"),
        ({"policy": {"pace": -1}}, "interval"),
        ({"heartbeat": 0.1}, "heartbeat"),
        ({"heartbeat": float("inf")}, "heartbeat"),
        ({"stint": float("inf")}, "continue_after"),
        ({"stint": float("nan")}, "continue_after"),
        ({"job_ids": ["x" * 251]}, "at most 250 characters"),
    ],
)
def test_a_batch_that_cannot_be_waited_for_is_refused_with_the_reason(changes, said):
    """A batch that cannot be waited for is refused with the reason."""
    with pytest.raises(errors.InvalidInput, match=said):
        check(batch(**changes))


@pytest.mark.parametrize(
    "policy",
    [
        None,
        Policy(),
        Policy(
            timeout=None,
            interval=None,
            min_interval=0.5,
            on_unknown="raise",
            max_consecutive_errors=3,
            max_interval_ratio=0.4,
        ),
        Policy(outage=None),
        Policy(outage=timedelta(minutes=20)),
        Policy(aim=Lateness(3.0)),
        Policy(aim=MaxRequests(30)),
        Policy(aim=DelayPerRequest(2.0), timeout=60),
        Policy(statuses={"succeeded": {"DONE", "OK"}, "failed": {"DEAD"}}, cancel_on_timeout=True),
    ],
)
def test_a_policy_that_goes_through_json_comes_back_as_it_was(policy):
    """A policy that goes through JSON comes back as it was."""
    words = json.loads(json.dumps(policy_to_dict(policy)))
    assert (policy or Policy()) == policy_from_dict(words, None)


def test_a_stand_of_a_thousand_jobs_fits_a_heartbeat_and_keeps_all():
    """The largest heartbeat is a tenth of what Temporal refuses, and holds every end and token."""
    client = promptforge.connect("key-that-must-not-be-kept", base_url="http://127.0.0.1:9")
    batch_run = BatchRun.of(batch(job_ids=IDS), client, None)
    for job_id in IDS[:500]:
        batch_run.ended[job_id] = Ended(
            job_id=job_id, state="succeeded", raw_status="COMPLETED", polls=7, seen_at="2026"
        )
        del batch_run.jobs[job_id]
    checkpoint = batch_run.checkpoint()
    assert len(json.dumps(asdict(checkpoint))) < 200_000
    assert ({"succeeded": 500}, 500) == (checkpoint.counts, checkpoint.waiting)
    again = BatchRun.of(batch(job_ids=IDS), client, checkpoint)
    assert IDS[500:] == list(again.jobs)
    assert batch_run.ended == again.ended
    assert "must-not-be-kept" not in str(checkpoint.unpack())


def test_a_batch_that_goes_through_temporals_payloads_comes_back_as_it_was():
    """Counts stay whole numbers, which Temporal's converter does not see to by itself."""
    policy = Policy(aim=MaxRequests(30), max_consecutive_errors=3, on_unknown="raise", interval=None, min_interval=1.5)
    (made,) = batches("promptforge", "team", ["a"], policy=policy)

    async def through():
        converter = DataConverter.default
        return await converter.decode(await converter.encode([made]), [Batch])

    (read,) = asyncio.run(through())
    assert made == read
    assert policy == policy_from_dict(read.policy, None)


def test_a_stand_of_a_newer_version_is_refused():
    """What a newer version left is not misread, neither in a heartbeat nor in a batch."""
    client = promptforge.connect("key", base_url="https://api.promptforge.example")
    with pytest.raises(errors.InvalidInput, match="version 2"):
        BatchRun.of(batch(), client, Checkpoint(version=2, waiting=1, packed=OLD))


def test_a_field_that_a_newer_version_added_is_left_alone():
    """A field that a newer version added is left alone."""
    assert Ended(job_id="a", state="failed") == from_dict(Ended, {"job_id": "a", "state": "failed", "colour": "red"})


def test_a_stand_and_a_batch_of_the_first_version_are_read():
    """The stand and the batch as version 1 wrote them first are read for ever."""
    client = promptforge.connect("key", base_url="https://api.promptforge.example")
    first = from_dict(Batch, json.loads('{"service": "promptforge", "account": "team", "job_ids": ["a", "b"]}'))
    batch_run = BatchRun.of(first, client, Checkpoint(counts={"succeeded": 1}, waiting=1, packed=OLD))
    assert ("succeeded", 3, ["b"]) == (batch_run.ended["a"].state, batch_run.ended["a"].polls, list(batch_run.jobs))


LONG = "a \N{SNOWMAN} \N{GRINNING FACE} and\nmore, "


@pytest.mark.parametrize("text", [None, "", "short", "x" * 80])
def test_a_text_that_is_short_enough_is_kept_whole(text):
    """Text that an engine can keep is kept whole."""
    assert text == truncate(text, 80)


def test_a_text_that_is_too_long_is_cut_to_what_fits_as_json():
    """The beginning is kept, and as JSON writes it, it fits."""
    for repeats in range(5, 200):
        cut = truncate(LONG * repeats, 80)
        assert cut.endswith("…")
        assert (LONG * repeats).startswith(cut[:-1])
        assert 80 - 12 <= len(json.dumps(cut)) - 2 <= 80


def waited(service, answer, **more):
    """How the wait for one job ends, of a service that answers so."""
    page = import_module(f"jobwait.{service}")
    client = page.connect(CANARY, base_url="http://127.0.0.1:9", transport=httpx.MockTransport(lambda _: answer))
    batch_run = BatchRun.of(
        batch(service=service, job_ids=[IDENTIFIER], policy={"error_budget": 1, "outage": 0}, **more), client, None
    )

    async def run():
        return [one async for one in batch_run.run()]

    (ended,) = asyncio.run(run())
    return ended


def failed(message):
    """A job of Freeplay's that failed, and why."""
    said = httpx.Response(200, json={**FREEPLAY_JOB, "status": "failed", "error_message": message})
    return waited("freeplay", said, common={"project_id": "p"})


def test_a_reason_and_an_error_that_are_long_are_told_by_their_beginnings():
    """A long reason, and a long error, are told by their beginnings."""
    ended = failed("Why? " * 1000)
    assert ended.reason.startswith("Why? Why? ")
    assert (MAX_REASON, MAX_ERROR) == tuple(len(json.dumps(one)) - 2 for one in (ended.reason, ended.error))


def test_the_ends_of_the_largest_batch_fit_into_one_payload():
    """However much a service says of a thousand jobs, what is kept stays below the 2 MiB that Temporal takes."""
    rng = random.Random(7)

    def said(most):
        return "".join(rng.choices(string.printable, k=2000))[:most]

    ids = [f"{number:04d}-{'z' * (MAX_ID_LENGTH - 5)}" for number in range(MAX_JOBS)]
    full = batch(job_ids=ids)
    check(full)
    one = replace(failed("x" * 2000), polls=10**6, errors=10**6, done=10**6, total=10**6)
    ends = [
        replace(
            one,
            job_id=job_id,
            raw_status=truncate(said(MAX_STATUS), MAX_STATUS),
            reason=truncate(said(MAX_REASON), MAX_REASON),
        )
        for job_id in ids
    ]
    ends = [replace(one, error=truncate(said(MAX_ERROR), MAX_ERROR)) for one in ends]
    most = 2 * 1024 * 1024 - 64 * 1024  # its envelope needs a little
    assert len(json.dumps(asdict(BatchDone(service="promptforge", account="team", ended=ends)))) < most
    assert len(json.dumps(asdict(replace(full, stand=Checkpoint.of(ends, []))))) < most


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html=f"<p>Hello {CANARY}</p>"),
        httpx.Response(200, json={"status": CANARY}),
        httpx.Response(400, json={"detail": CANARY}),
        httpx.Response(200, json={**PROMPTFORGE_JOB, "status": "COMPLETED", "prompt_count": CANARY}),
    ],
)
def test_an_answer_that_repeats_the_key_does_not_bring_it_along(answer):
    """Whatever its status code, no answer carries the key into what an engine keeps."""
    ended = waited("promptforge", answer)
    assert ended.error
    assert CANARY not in json.dumps(asdict(ended))


def test_a_reason_that_repeats_the_key_does_not_bring_it_along():
    """The service's own words on a job that failed are kept, without the key."""
    ended = failed(f"no model for {CANARY}")
    assert "no model for [key]" == ended.reason
    assert CANARY not in json.dumps(asdict(ended))


def test_a_text_given_for_ids_is_refused_and_numbers_become_text():
    """A text is one id; its letters are not waited for as jobs. Ids that are numbers or UUIDs become text."""
    with pytest.raises(errors.InvalidInput, match="into a list"):
        batches("promptforge", "team", "job-1")
    with pytest.raises(errors.InvalidInput, match="NoneType"):
        batches("promptforge", "team", ["a", None])
    assert ["7", str(UUID(int=7))] == batches("promptforge", "team", [7, UUID(int=7)])[0].job_ids


def test_a_batch_without_what_names_its_jobs_is_refused():
    """What a service's page asks for besides the id is missed before anything starts, and nothing else is taken."""
    check_common(batch())
    check_common(batch(service="fryte", common={"tenant_id": "3"}))
    check_common(batch(service="freeplay", common={"project_id": "p"}))
    check_common(batch(service="my own", common={"whatever": "x"}))
    with pytest.raises(errors.InvalidInput, match="needs its project_id"):
        check_common(batch(service="freeplay"))
    with pytest.raises(errors.InvalidInput, match="no 'project', but tenant_id, user_id"):
        check_common(batch(service="fryte", common={"project": "p"}))
