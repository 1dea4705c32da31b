"""The example's DAG, run by Airflow's own command against the sandbox."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

from jobwait.sandbox import Sandbox

ROOT = Path(__file__).parents[3]
AIRFLOW = Path(sys.executable).parent / "airflow"


def airflow(*words, env):
    return subprocess.run([str(AIRFLOW), *words], env=env, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="session")
def database(home):
    """A database of Airflow's, made once."""
    made = airflow("db", "migrate", env=dict(os.environ))
    assert 0 == made.returncode, made.stderr[-2000:]


def test_the_nightly_batch_of_the_example_runs_and_leaves_the_key_nowhere(
    database, home, connection, tmp_path, monkeypatch
):
    """Three tours are submitted, waited for by one trigger, and reported; the key is in no file of Airflow's."""
    for name in ("a", "b", "c"):
        shutil.copyfile(ROOT / "examples" / "tour_hamburg_munich.json", tmp_path / f"{name}.json")
    monkeypatch.setenv("JOBWAIT_TOURS", str(tmp_path))
    with Sandbox(speed=600, seed=7, limits={"fryte": None}) as box:
        connection("fryte", box.fryte.key, box.fryte.url)
        done = airflow("dags", "test", "nightly_fryte", "2026-01-01", env=dict(os.environ))
        assert 3 == box.stats()["fryte"]["submits"]
    told = done.stdout + done.stderr
    assert 0 == done.returncode, told[-3000:]
    assert 3 == told.count("polls; drivable"), told[-3000:]
    kept = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert len(kept) > 1
    assert not [content for content in kept if box.fryte.key.encode() in content]
    assert box.fryte.key not in told
    with closing(sqlite3.connect(home / "airflow.db")) as stored:  # what a retry of a submission would find
        notes = [json.loads(value) for (value,) in stored.execute("select value from task_state_store")]
    assert 3 == len(notes)
    assert all(note["try"] >= 1 and note["job_id"] for note in notes)
    assert {"try_number", "max_tries"} <= RuntimeTaskInstance.model_fields.keys()  # what tells it from a cleared task
