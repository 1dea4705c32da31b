"""Plans: the state of a job at an age, without a clock."""

from jobwait.sandbox.fryte.polyline import encode
from jobwait.sandbox.job_plan import FOREVER, Moment, Plan, Stage, random_for, varied

PLAN = Plan((Stage("queued", 2.0), Stage("running", 8.0)), "succeeded")


def test_plan_is_in_the_stage_of_its_age():
    """Between the starts of two stages the job is in the first of them."""
    assert Moment(0, "queued", 0.5, over=False) == PLAN.at(1.0)
    assert Moment(1, "running", 0.0, over=False) == PLAN.at(2.0)
    assert Moment(2, "succeeded", 1.0, over=True) == PLAN.at(10.0)


def test_endless_stage_makes_no_progress():
    """A stage without an end is never over."""
    stuck = Plan((Stage("running", FOREVER),), "succeeded")

    assert Moment(0, "running", 0.0, over=False) == stuck.at(1e12)


def test_cut_plan_has_a_shorter_last_stage():
    """Cutting shortens the last stage only."""
    assert 6.0 == PLAN.cut(0.5).seconds


def test_durations_with_the_same_seed_are_equal():
    """The same seed and job give the same durations, another job others, all within a fifth."""
    first, again, other = (varied(random_for(7, n), (("running", 10.0),))[0].seconds for n in (1, 1, 2))

    assert first == again != other
    assert 8.0 <= first <= 12.0


def test_polyline_equals_the_example_of_its_documentation():
    """The example is from HERE's documentation of the format."""
    points = [
        (50.1022829, 8.6982122),
        (50.1020076, 8.6956695),
        (50.1006313, 8.6914960),
        (50.0987800, 8.6875156),
    ]

    assert "BFoz5xJ67i1B1B7PzIhaxL7Y" == encode(points)
