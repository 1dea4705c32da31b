"""
A fake Airflow: the few names of its SDK that the adapter uses, which do as Airflow's own do.

The tests of tests/integration/airflow say the same of Airflow itself; here the adapter's own logic is what is tested.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from logging import getLogger
from types import ModuleType
from typing import Any

from attrs import define, field


@define
class Connection:
    """A connection, as Airflow's."""

    conn_id: str
    password: str | None = None
    host: str | None = None
    port: int | None = None
    schema: str | None = None
    extra_dejson: dict[str, Any] = field(factory=dict)


CONNECTIONS: dict[str, Connection] = {}


class BaseHook:
    """Finds connections."""

    @staticmethod
    def get_connection(name: str) -> Connection:
        return CONNECTIONS[name]

    @staticmethod
    async def aget_connection(name: str) -> Connection:
        return CONNECTIONS[name]


class AirflowException(Exception):
    pass


class AirflowFailException(AirflowException):
    pass


class AirflowSkipException(AirflowException):
    pass


class AirflowSensorTimeout(AirflowException):
    pass


class TaskDeferred(BaseException):
    def __init__(self, **words: Any) -> None:
        super().__init__()
        self.trigger, self.method_name, self.timeout = words["trigger"], words["method_name"], words["timeout"]


class BaseOperator:
    def __init__(self, *, task_id: str, execution_timeout: Any = None, retries: int = 0) -> None:
        self.task_id, self.execution_timeout, self.log = task_id, execution_timeout, getLogger("airflow.task")
        self.retries = retries

    def defer(self, **words: Any) -> None:
        raise TaskDeferred(**words)


@define
class PokeReturnValue:
    is_done: bool
    xcom_value: Any = None

    def __bool__(self) -> bool:
        return self.is_done


class BaseSensorOperator(BaseOperator):
    def __init__(
        self,
        *,
        timeout: float = 60.0,
        soft_fail: bool = False,
        never_fail: bool = False,
        mode: str = "poke",
        **words: Any,
    ) -> None:
        super().__init__(**words)
        self.reschedule = mode == "reschedule"
        self.timeout, self.soft_fail, self.never_fail = timeout, soft_fail, never_fail

    def execute(self, context: Any) -> Any:
        while not (found := self.poke(context)):  # type: ignore[attr-defined]
            pass
        return found.xcom_value


class BaseTrigger:
    def __init__(self) -> None:
        self.log = getLogger("airflow.trigger")


@define
class TriggerEvent:
    payload: Any


MODULES = {
    "airflow": (),
    "airflow.sdk": (BaseHook, BaseOperator, BaseSensorOperator, PokeReturnValue),
    "airflow.sdk.exceptions": (
        AirflowException,
        AirflowFailException,
        AirflowSensorTimeout,
        AirflowSkipException,
        TaskDeferred,
    ),
    "airflow.triggers": (),
    "airflow.triggers.base": (BaseTrigger, TriggerEvent),
}


@contextmanager
def installed() -> Iterator[None]:
    """As long as the block lasts, Airflow is this; what was imported with it is forgotten afterwards."""
    for name, members in MODULES.items():
        module = sys.modules[name] = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None, origin=__file__)
        vars(module).update({one.__name__: one for one in members})
    try:
        yield
    finally:
        for name in [name for name in sys.modules if name in MODULES or name.startswith("jobwait.engines.airflow")]:
            del sys.modules[name]
        CONNECTIONS.clear()
