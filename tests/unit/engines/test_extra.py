"""An engine whose packages are missing says what to install."""

import sys

import pytest

from jobwait.engines.extra import needs


def test_a_folder_with_the_name_of_a_missing_package_does_not_stand_in_for_it(tmp_path, monkeypatch):
    """A folder called airflow, where programs keep their DAGs, does not stand in for Airflow; the package does."""
    (tmp_path / "airflow_of_ours").mkdir()
    (tmp_path / "airflow_of_theirs").mkdir()
    (tmp_path / "airflow_of_theirs" / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    needs("airflow_of_theirs", extra="airflow")
    for name in ("airflow_of_ours", "airflow_of_nobody"):
        with pytest.raises(ModuleNotFoundError, match=r"pip install 'jobwait\[airflow\]'"):
            needs(name, extra="airflow")
