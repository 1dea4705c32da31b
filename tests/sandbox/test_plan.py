"""Plans: what a job is at an age, with no clock at all."""

from jobwait.sandbox.fryte.polyline import encode
from jobwait.sandbox.job_plan import FOREVER, Moment, Plan, Stage, random_for, varied

PLAN = Plan((Stage("queued", 2.0), Stage("running", 8.0)), "succeeded")


def test_a_plan_goes_through_its_stages():
    """At an age between two stages' beginnings the job is in the first of them."""
    assert Moment(0, "queued", 0.5, over=False) == PLAN.at(1.0)
    assert Moment(1, "running", 0.0, over=False) == PLAN.at(2.0)
    assert Moment(2, "succeeded", 1.0, over=True) == PLAN.at(10.0)


def test_a_stage_may_last_for_ever():
    """A stage without end is never over and never makes progress."""
    stuck = Plan((Stage("running", FOREVER),), "succeeded")

    assert Moment(0, "running", 0.0, over=False) == stuck.at(1e12)


def test_a_cut_plan_ends_early():
    """Cutting shortens the last stage only."""
    assert 6.0 == PLAN.cut(0.5).seconds


def test_durations_repeat_with_the_seed():
    """The same seed and job give the same durations, another job others, all within a fifth."""
    first, again, other = (varied(random_for(7, n), (("running", 10.0),))[0].seconds for n in (1, 1, 2))

    assert first == again != other
    assert 8.0 <= first <= 12.0


def test_polylines_are_heres():
    """The polyline is the one of the format's own documentation."""
    points = [
        (50.1022829, 8.6982122),
        (50.1020076, 8.6956695),
        (50.1006313, 8.6914960),
        (50.0987800, 8.6875156),
    ]

    assert "BFoz5xJ67i1B1B7PzIhaxL7Y" == encode(points)
