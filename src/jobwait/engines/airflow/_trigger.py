"""
Keeps a class path importable: jobwait 0.1.0 stored triggers as `jobwait.engines.airflow._trigger.JobsTrigger`.

Airflow stores a trigger's class path in its database, and imports it again when a triggerer starts.
"""

from jobwait.engines.airflow.trigger import JobsTrigger

__all__ = ["JobsTrigger"]
