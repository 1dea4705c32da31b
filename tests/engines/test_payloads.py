"""What an engine keeps of a batch: versioned, small, and refused where it cannot be."""

import json
from dataclasses import asdict, replace

import pytest

from jobwait import Lateness, MaxRequests, Patience, Policy, errors, promptforge
from jobwait.engines._payloads import AT_MOST, Batch, Ended, Stand, batches, check, known_of
from jobwait.engines._sweep import Sweep
from jobwait.engines._words import policy_of, words_of

OLD = (
    "c${5P%TB{E5d0TkDOHk|f_epRAUO2aplFk9TT|Cg{b+%z|IV)6M?i|Aot^Q{dVCP5TWrO2eh{Cgt|XNL#6UO?9;tSrX%Ja55Ek|o"
    "_k$zi@$L2f<$3n}!~}vfT1<6NY9P>BW6z*7N|AhYYEzlT;nuUOD6(R5o9DMhG0P{@ETiux{&@vNU4j3ny8owYjmEQ?Hy%_1#}9^U"
    ")Z{o9hmvo%2kA>O%?BmTwmaD%p;C0#Y&yR%c1f7Hm2o~2(8*zs9O4&jI+aASb)-piDYdAtOL64c>2~F5D{6##BYkQuKsk&HpzgsI"
    "p;c1j^^h`V%@!HeDY_F-;C#hw&ww8*uCNUl*oT@8=mu2<ZvDqtAz1Cx?%fJpB)tvH0r#^ZyKq)gFRxtCUaG5QjZ4s1NHHxfI@jB2"
    "W%fP6#_Xa~noiH8zS9mtOYbg(!^Y^ghqnP}?gd{`8D=qR`E!npVY9+!9dju1(FE$d$s!vUIDP<n8S!!a1*4ks>i"
)
IDS = [f"3f7a1c2e-0000-4000-8000-{number:012d}" for number in range(AT_MOST)]


def batch(**changes):
    return replace(Batch(service="promptforge", account="team", job_ids=["a", "b"]), **changes)


def test_batches_split_and_name_each_once():
    """Ids are split as asked, each once, in their order."""
    made = batches("promptforge", "team", ["a", "b", "a", "c"], size=2)
    assert [["a", "b"], ["c"]] == [one.job_ids for one in made]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"job_ids": []}, "1 to 1000 jobs, not 0"),
        ({"job_ids": [*IDS, "one more"]}, "1 to 1000 jobs, not 1001"),
        ({"job_ids": ["a", "a"]}, "twice"),
        ({"job_ids": ["a", ""]}, "by nothing"),
        ({"version": 2}, "version 2"),
        ({"policy": {"patience_of_a_saint": 1}}, "patience_of_a_saint"),
        ({"policy": {"pace": -1}}, "pace"),
        ({"heartbeat": 0.1}, "heartbeat"),
    ],
)
def test_a_batch_that_cannot_be(changes, said):
    """A batch that cannot be waited for is refused with the reason."""
    with pytest.raises(errors.InvalidInput, match=said):
        check(batch(**changes))


@pytest.mark.parametrize(
    "policy",
    [
        None,
        Policy(),
        Policy(timeout=None, pace=None, floor=0.5, on_unknown="raise", error_budget=3, hedge=0.4),
        Policy(aim=Lateness(3.0)),
        Policy(aim=MaxRequests(30)),
        Policy(aim=Patience(2.0), timeout=60),
    ],
)
def test_a_policy_survives_in_plain_words(policy):
    """A policy that goes through JSON comes back as it was."""
    words = json.loads(json.dumps(words_of(policy)))
    assert (policy or Policy()) == policy_of(words, None)


def test_a_stand_of_a_thousand_jobs_is_small():
    """The largest heartbeat is a tenth of what Temporal refuses, and holds every end and token."""
    client = promptforge.connect("key-that-must-not-be-kept", base_url="http://127.0.0.1:9")
    sweep = Sweep.of(batch(job_ids=IDS), client, None)
    for job_id in IDS[:500]:
        sweep.ended[job_id] = Ended(job_id=job_id, state="succeeded", raw_status="COMPLETED", polls=7, seen_at="2026")
        del sweep.jobs[job_id]
    stand = sweep.stand()
    assert len(json.dumps(asdict(stand))) < 200_000
    assert ({"succeeded": 500}, 500) == (stand.counts, stand.waiting)
    again = Sweep.of(batch(job_ids=IDS), client, stand)
    assert IDS[500:] == list(again.jobs)
    assert sweep.ended == again.ended
    assert "must-not-be-kept" not in str(stand.unpack())


def test_a_newer_writer_is_read():
    """A field that a newer version added is left alone."""
    assert Ended(job_id="a", state="failed") == known_of(Ended, {"job_id": "a", "state": "failed", "colour": "red"})


def test_an_older_writer_is_read():
    """The stand and the batch as version 1 wrote them first are read for ever."""
    client = promptforge.connect("key", base_url="https://api.promptforge.example")
    first = known_of(Batch, json.loads('{"service": "promptforge", "account": "team", "job_ids": ["a", "b"]}'))
    sweep = Sweep.of(first, client, Stand(counts={"succeeded": 1}, waiting=1, packed=OLD))
    assert ("succeeded", 3, ["b"]) == (sweep.ended["a"].state, sweep.ended["a"].polls, list(sweep.jobs))
