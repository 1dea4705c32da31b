"""A whole Airflow, and the death of its triggerer: `make test-airflow-full`, once for each release."""

import os
import signal

import pytest
from benchmarks.engines.airflow import connection, standalone
from benchmarks.engines.processes import until
from benchmarks.engines.served import CANARY, job_ids, serving, stats

TASKS, JOBS = 20, 50
pytestmark = pytest.mark.skipif("JOBWAIT_AIRFLOW_FULL" not in os.environ, reason="make test-airflow-full")


def test_a_standalone_airflow_survives_its_triggerer(tmp_path):
    """Twenty tasks are deferred, their triggerer is killed and another started: each task succeeds."""
    ids = job_ids(TASKS * JOBS, 40, 70)
    batches = [ids[start : start + JOBS] for start in range(0, len(ids), JOBS)]
    home = tmp_path / "home"
    with serving() as url, standalone(home, {"pf": connection(CANARY, url)}, batches) as airflow:
        airflow.begin()
        until(lambda: airflow.states().count("deferred") >= TASKS // 2 and len(stats(url)["times"]) > JOBS, 240)
        victims = airflow.triggerers()
        assert victims, airflow.log("triggerer")
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        assert airflow.states().count("success") < TASKS
        with airflow.part("triggerer"):
            until(lambda: airflow.states().count("success") == TASKS, 400)
        assert ["success"] * TASKS == airflow.states()
        assert set(ids) == set(stats(url)["polls"])
    kept = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert not [content for content in kept if CANARY.encode() in content]
