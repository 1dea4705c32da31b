"""Errors of arguments: they name the public function, and the argument that was probably meant."""

import inspect
import re
import sys
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar

from jobwait._text import nearest

F = TypeVar("F", bound=Callable[..., Any])


def explained(function: F, name: str = "") -> F:
    """*function*; a TypeError about its arguments calls it *name*, and says which argument was probably meant."""
    if sys.version_info >= (3, 13) and not name:
        return function  # Python says so itself

    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            _raise_about_arguments(error, function, name)
            raise

    async def called_async(*args: Any, **kwargs: Any) -> Any:
        return await called(*args, **kwargs)

    made: Any = update_wrapper(called_async if inspect.iscoroutinefunction(function) else called, function)
    return made  # type: ignore[no-any-return]


def _raise_about_arguments(error: TypeError, function: Callable[..., Any], name: str) -> None:
    if error.__traceback__ is None or error.__traceback__.tb_next is not None:
        return  # the function was entered: the error is another one
    own = function.__qualname__
    said = str(error).replace(f"{own}()", f"{name or own}()", 1)
    wrong = re.search(r"unexpected keyword argument '(\w+)'$", said)
    close = nearest(wrong[1], inspect.signature(function).parameters, 1) if wrong else []
    raise TypeError(f"{said}. Did you mean {close[0]!r}?" if close else said) from None
