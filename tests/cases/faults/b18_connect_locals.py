"""
What connect() refuses shows the key from the environment in tracebacks with local variables.

rich, pytest and Sentry print such tracebacks.
"""

import io
import os
import traceback

import rich.console
import rich.traceback

from cases.loopback import KEY
from jobwait import freeplay, fryte, promptforge


def shown(error):
    """*error* as rich and the standard library show it, without the frame of this script."""
    error.__traceback__ = error.__traceback__.tb_next
    console = rich.console.Console(file=io.StringIO(), width=400)
    limits = {"locals_max_length": 10_000, "locals_max_string": 100_000}
    of = (type(error), error, error.__traceback__)
    console.print(rich.traceback.Traceback.from_exception(*of, show_locals=True, **limits))
    plain = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    return console.file.getvalue() + "".join(plain)


def trial(label, service, key=KEY, url=None, **options):
    """Connect to *service* with *key* and *url* in the environment."""
    name = service.SERVICE.name.upper()
    os.environ |= {f"{name}_API_KEY": key} | ({f"{name}_BASE_URL": url} if url else {})
    try:
        service.connect(**options)
    except Exception as error:
        where = next((line.strip(" │\n")[:90] for line in shown(error).splitlines() if KEY in line), None)
        found = f"KEY IN THE LOCALS: {where}" if where else "no key"
        print(f"{name + ' ' + label:46} {type(error).__name__:13}", found)
    os.environ.pop(f"{name}_BASE_URL", None)


for service in (fryte, promptforge, freeplay):
    trial("good key, address over plain http", service, base_url="http://api.example.com")
    trial("good key, address with a user", service, base_url="https://u@api.example.com")
    trial("good key, timeout of 0", service, request_timeout=0)
    trial("good key, timeout as text", service, request_timeout="30")
    trial("good key, *_BASE_URL without a scheme", service, url="api.example.com")
    trial("key with a newline at its end", service, key=f"{KEY}\n")
