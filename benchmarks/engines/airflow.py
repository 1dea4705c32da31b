"""A whole Airflow on loopback, in a home that is thrown away, and what its command says."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen
from benchmarks.engines.processes import below, end, free_port, until

ROOT = Path(__file__).parents[2]
AIRFLOW = ROOT / ".venv-airflow" / "bin" / "airflow"
DAGS = ROOT / "tests" / "in_airflow" / "dags"
DAG = "many_waits"


@frozen
class Standalone:
    """One that runs: its environment, its first process, the folder of its logs."""

    env: dict[str, str]
    process: subprocess.Popen[bytes]
    folder: Path

    def query(self, *words: str) -> Any:
        """What the command answers, decoded; nothing while it cannot."""
        done = self.run(*words, "-o", "json")
        start = done.stdout.find("[{")  # log lines come first
        return json.loads(done.stdout[start:]) if done.returncode == 0 and start >= 0 else []

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command."""
        return subprocess.run([str(AIRFLOW), *words], env=self.env, capture_output=True, text=True, check=False)

    def begin(self) -> None:
        """Run the DAG."""
        until(lambda: any(one["dag_id"] == DAG for one in self.query("dags", "list")), 240)
        for words in (["dags", "unpause", DAG], ["dags", "trigger", DAG, "-r", "one"]):
            done = self.run(*words)
            assert done.returncode == 0, done.stderr

    def states(self) -> list[str]:
        """The states of the tasks that wait."""
        found = self.query("tasks", "states-for-dag-run", DAG, "one")
        return [one["state"] for one in found if one["task_id"] == "wait"]

    def triggerers(self) -> list[int]:
        """The processes that run triggers."""
        return [pid for pid, words in below(self.process.pid).items() if "triggerer" in words]

    def log(self, part: str) -> str:
        """The end of what a *part* logged."""
        lines = (self.folder / "standalone.log").read_text("utf-8", "replace").splitlines()
        return "\n".join([line for line in lines if line.startswith(part)][-40:])

    @contextmanager
    def part(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """One more of Airflow's processes, for as long as the block."""
        with started(words, self.env, self.folder) as process:
            yield process


@contextmanager
def started(words: tuple[str, ...], env: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One of Airflow's processes, for as long as the block."""
    with (folder / f"{words[0]}.log").open("wb") as log:
        process = subprocess.Popen([str(AIRFLOW), *words], env=env, stdout=log, stderr=log, start_new_session=True)
        try:
            yield process
        finally:
            end(process)


@contextmanager
def standalone(home: Path, connections: dict[str, str], batches: list[list[str]]) -> Iterator[Standalone]:
    """A whole Airflow that knows *connections* and a DAG with a task for each of *batches*."""
    api = free_port()
    home.mkdir(exist_ok=True)
    env = {
        **os.environ,
        "PATH": f"{AIRFLOW.parent}{os.pathsep}{os.environ['PATH']}",  # it starts its parts by name
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(api),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{api}/execution/",
        "AIRFLOW__CORE__PARALLELISM": "3",
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",  # a busy machine is no reason to lose a task
        "JOBWAIT_TEST_BATCHES": json.dumps(batches),
        **{f"AIRFLOW_CONN_{name.upper()}": value for name, value in connections.items()},
    }
    with started(("standalone",), env, home) as process:
        yield Standalone(env, process, home)


def connection(key: str, url: str) -> str:
    """A connection, as Airflow reads it from the environment."""
    return json.dumps({"conn_type": "http", "password": key, "extra": {"base_url": url}})
