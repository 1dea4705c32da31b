"""Interrupts a program at a line of jobwait's, or looks at it before each: a death leaves what there was then."""

import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import jobwait
from jobwait import hooks
from jobwait._sync import wake_up

SOURCE = str(Path(jobwait.__file__).parent)


@contextmanager
def before_each_line(act):
    """Call *act* with the number of each line of jobwait's, from 1, before it runs in this thread."""
    count = 0

    def line(_frame, event, _arg):
        nonlocal count
        if event == "line":
            count += 1
            act(count)
        return line

    def entered(frame, *_):
        return line if frame.f_code.co_filename.startswith(SOURCE) else None

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        yield
    finally:
        sys.settrace(before)


def raising(at, error):
    """What raises *error* before the line with the number *at*."""

    def act(number):
        if number == at:
            raise error

    return act


def unlock():
    """Give up what an exception left locked that was raised between the last line of a `with` and its end."""
    hooks._LOCK, hooks.listeners = threading.Lock(), ()
    wake_up._make_lock()
