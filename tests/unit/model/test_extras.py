"""What needs an extra says what to install."""

import sys

import pytest

from jobwait._model.checks import needs
from support.hidden import run_without

SOCKS = "from jobwait import fryte; fryte.connect('k', base_url='https://fryte.invalid')"


@pytest.mark.parametrize(
    ("package", "extra", "code"),
    [
        ("uvicorn", "sandbox", "import jobwait.sandbox"),
        ("starlette", "sandbox", "from jobwait.sandbox import Sandbox"),
        ("opentelemetry", "otel", "from jobwait import otel"),
        ("temporalio", "temporal", "import jobwait.engines.temporal"),
        ("airflow", "airflow", "from jobwait.engines.airflow import WaitForJobsOperator"),
        ("yaml", "spec", "import jobwait.service; jobwait.service.load('a.yaml')"),
        ("socksio", "socks", SOCKS),
    ],
)
def test_an_import_whose_extra_is_missing_says_what_to_install(package, extra, code, tmp_path):
    """The last line of the traceback has the command; nothing but that package is missing."""
    (tmp_path / "a.yaml").write_text("a: 1")
    done = run_without([package], code, cwd=tmp_path, env={"ALL_PROXY": "socks5://127.0.0.1:9"})
    last = done.stderr.strip().splitlines()[-1]
    assert f"pip install 'jobwait[{extra}]'" in last
    assert last.startswith(("ModuleNotFoundError: jobwait.", "jobwait.errors.InvalidInput: "))


def test_a_folder_with_the_name_of_a_missing_package_does_not_stand_in_for_it(tmp_path, monkeypatch):
    """A folder called airflow, where programs keep their DAGs, does not stand in for Airflow; the package does."""
    (tmp_path / "airflow_of_ours").mkdir()
    (tmp_path / "airflow_of_theirs").mkdir()
    (tmp_path / "airflow_of_theirs" / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    needs("jobwait.engines.airflow", "airflow_of_theirs", extra="airflow")
    for name in ("airflow_of_ours", "airflow_of_nobody", "airflow_of_nobody.inside"):
        with pytest.raises(
            ModuleNotFoundError, match=r"^jobwait\.engines\.airflow .* pip install 'jobwait\[airflow\]'"
        ):
            needs("jobwait.engines.airflow", name, extra="airflow")
