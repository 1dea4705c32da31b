"""The tests of Airflow run in an environment of its own (`make test-engines`), in a home that is thrown away."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = find_spec("airflow") is not None
collect_ignore_glob = [] if HERE else ["test_*.py"]
ROOT = Path(__file__).parents[3]
HOME = Path(tempfile.mkdtemp(prefix="jobwait-airflow-")) if HERE else ROOT
SETTINGS = {
    "AIRFLOW_HOME": str(HOME),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "examples" / "airflow"),
    "AIRFLOW__API__HOST": "127.0.0.1",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{HOME / 'airflow.db'}",
}
if HERE:
    os.environ.update(SETTINGS)  # before Airflow is imported, which reads them then


@pytest.fixture(scope="session", autouse=True)
def home() -> Iterator[Path]:
    """Airflow's home: its database and logs."""
    yield HOME
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture
def connection(monkeypatch):
    """Defines the connection *name* with *key* for the service at *url*, and extra fields."""

    def defined(name: str, key: str, url: str, **extra) -> str:
        facts = {"conn_type": "http", "password": key, "extra": {"base_url": url, **extra}}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(facts))
        return name

    return defined
