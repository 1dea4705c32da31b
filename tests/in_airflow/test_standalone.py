"""A whole Airflow, and the death of its triggerer: `make test-airflow-full`, once for each release."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from served import CANARY, job_ids, serving, stats
from temporal_server import free_port

HERE = Path(__file__).parent
AIRFLOW = Path(sys.executable).parent / "airflow"
TASKS, JOBS = 20, 50
pytestmark = pytest.mark.skipif(
    "JOBWAIT_AIRFLOW_FULL" not in os.environ, reason="takes minutes: make test-airflow-full"
)


def until(true, seconds):
    """Wait for that, within a bound on waiting, not on how fast it is."""
    ends = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < ends, "it never came"
        time.sleep(1)
    return found


def families():
    """The parent and the words of each process."""
    told = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in told.splitlines()[1:]]
    return {int(pid): (int(parent), words) for pid, parent, words in rows}


def below(root):
    """The processes that *root* started, and theirs."""
    known, found = families(), {root}
    while more := {pid for pid, (parent, _) in known.items() if parent in found} - found:
        found |= more
    return {pid: known[pid][1] for pid in found if pid in known}


def triggerers(root):
    return [pid for pid, words in below(root).items() if "triggerer" in words]


def query(env, *words):
    done = subprocess.run([str(AIRFLOW), *words, "-o", "json"], env=env, capture_output=True, text=True, check=False)
    start = done.stdout.find("[")
    return json.loads(done.stdout[start:]) if done.returncode == 0 and start >= 0 else []


def test_a_standalone_airflow_survives_its_triggerer(home, connection, tmp_path):
    """Twenty tasks are deferred, their triggerer is killed and another started: each task succeeds."""
    api = free_port()
    with serving() as url, ExitStack() as started:
        connection("pf", CANARY, url)
        ids = job_ids(TASKS * JOBS, 40, 70)
        env = {
            **os.environ,
            "AIRFLOW__CORE__DAGS_FOLDER": str(HERE / "dags"),
            "AIRFLOW__API__PORT": str(api),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{api}/execution/",
            "AIRFLOW__CORE__PARALLELISM": "8",
            "JOBWAIT_TEST_BATCHES": json.dumps([ids[start : start + JOBS] for start in range(0, len(ids), JOBS)]),
        }

        def start(*words):
            log = started.enter_context((tmp_path / f"{words[0]}.log").open("wb"))
            process = subprocess.Popen(
                [str(AIRFLOW), *words], env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
            started.callback(end, process)
            return process

        def end(process):
            for pid in below(process.pid):
                os.kill(pid, signal.SIGKILL)
            process.wait()

        def runs(dag="many_waits"):
            return query(env, "dags", "list-runs", dag)

        def tasks():
            found = query(env, "tasks", "states-for-dag-run", "many_waits", "one")
            return [one["state"] for one in found if one["task_id"] == "wait"]

        whole = start("standalone")
        until(lambda: any(one["dag_id"] == "many_waits" for one in query(env, "dags", "list")), 180)
        subprocess.run([str(AIRFLOW), "dags", "unpause", "many_waits"], env=env, check=True, capture_output=True)
        trigger = [str(AIRFLOW), "dags", "trigger", "many_waits", "-r", "one"]
        subprocess.run(trigger, env=env, check=True, capture_output=True)
        until(lambda: tasks().count("deferred") >= TASKS // 2 and len(stats(url)["times"]) > JOBS, 240)
        victims = triggerers(whole.pid)
        assert victims
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        seen = tasks()
        start("triggerer")
        until(lambda: tasks().count("success") == TASKS, 300)
        assert ["success"] * TASKS == tasks()
        assert seen.count("success") < TASKS
        assert set(ids) == set(stats(url)["polls"])
        logs = [path.read_bytes() for path in (*home.rglob("*"), *tmp_path.rglob("*")) if path.is_file()]
        assert not [content for content in logs if CANARY.encode() in content]
