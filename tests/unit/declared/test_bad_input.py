"""Declarations that are refused: each refusal names the place and what to write; nothing is sent."""

import pytest

from jobwait.errors import InvalidInput
from jobwait.service import load
from support.declared import RENDERS

WORDS = {"path": "s", "succeeded": ["ok"]}


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"poll": None}, "needs poll"),
        ({"poll": {"path": "/renders"}}, r"without an id: write the job's id as \{id\}"),
        ({"poll": {"path": "renders/{id}"}}, r"poll\.path must begin with /"),
        ({"poll": {"path": "/renders/{id}?x=1"}}, "use query: for that"),
        ({"poll": {"path": "/renders/{id"}}, "variables are written as in"),
        ({"poll": {"path": "/../{id}"}}, "variables are written as in"),
        ({"poll": {"path": "/{id}", "operation": "x"}}, "exclude each other"),
        ({"poll": {"operation": "getRender"}}, "no OpenAPI document is given"),
        ({"poll": {"method": "FETCH", "path": "/{id}"}}, "must be a method such as GET"),
        ({"poll": {"url": "location"}}, "must be status_url"),
        ({"poll": {"url": "status_url"}}, "which submit does not name"),
        ({"poll": "/renders/{id}"}, r"poll must be a mapping"),
        ({"poll": {"path": "/{id}", "metod": "GET"}}, "did you mean method"),
        ({"pol": {}}, "did you mean poll"),
        ({"state": None}, "names no way to succeed"),
        ({"state": {"path": "s", "failed": ["x"]}}, "names no way to succeed"),
        ({"state": {"path": "s", "succeeded": ["ok"], "failed": ["OK"]}}, "is in two sets"),
        ({"state": {"path": "a..b", "succeeded": ["ok"]}}, "which is no path"),
        ({"state": {"path": "a[x]", "succeeded": ["ok"]}}, "which is no path"),
        ({"state": {"path": 7, "succeeded": ["ok"]}}, "must be a path"),
        ({"state": {"path": [], "succeeded": ["ok"]}}, "name a path"),
        ({"state": {"path": ".".join("a" * 40), "succeeded": ["ok"]}}, "at most 32"),
        ({"state": {"path": "s", "succeeded": [{"a": 1}]}}, "a state is a word"),
        ({"state": {"path": "s", "suceeded": ["ok"]}}, "did you mean succeeded"),
        ({"rules": {"state": "failed"}}, "rules must be a list"),
        ({"rules": [{"state": "done", "when": {"a": 1}}]}, "must be one of queued"),
        ({"rules": [{"state": "failed", "when": {}}]}, "would hold for every answer"),
        ({"rules": [{"state": "failed", "when": {"a": []}}]}, "a value or a list of values"),
        ({"rules": [{"state": "failed", "when": {"a": {"over": 1}}}]}, "present: true"),
        ({"rules": [{"state": "failed", "when": {"a": {"present": "yes"}}}]}, "must be true or false"),
        ({"rules": [{"state": "failed", "when": {"a": {"above": True}}}]}, "must be a number"),
        ({"rules": [{"state": "failed", "when": {"$http": 20}}]}, "must be status codes"),
        ({"rules": [{"state": "failed", "when": {"$http": {"above": 2}}}]}, "must be a value"),
        ({"progress": {"total": "n"}}, "needs done"),
        ({"progress": {"done": "n", "percent": "p"}}, "exclude each other"),
        ({"result": {"path": "a", "link": "b"}}, "exclude each other"),
        ({"result": {"location": False}}, "location: true"),
        ({"result": {"method": "GET", "path": "/f/{file}"}}, "say in result.id"),
        ({"result": {"method": "GET", "path": "/f/{file}/{page}", "id": "file"}}, r"has \{page\} in result"),
        ({"result": {"method": "GET", "path": "/f", "id": "file"}}, "no variable that it could fill"),
        ({"submit": {"path": "/r"}}, "needs id or status_url"),
        ({"submit": {"path": "/r/{id}", "id": "id"}}, r"has \{id\} in submit"),
        ({"cancel": {"path": "/r/{render}/cancel"}}, r"has \{render\} in cancel"),
        ({"ids": ["project", "id"]}, "differ in project"),
        ({"key": "secret"}, "key must be a mapping"),
        ({"key": {"bearer": False}}, "key: none"),
        ({"key": {"header": "a b"}}, "must be a name"),
        ({"key": {"header": "x", "query": "y"}}, "exclude each other"),
        ({"headers": {"authorization": "Bearer x"}}, "use key: for it"),
        ({"headers": {"x": "a\nb"}}, "makes no header"),
        ({"server": "api.example.com"}, "is no address"),
        ({"server": "http://api.example.com"}, "plain http"),
        ({"hosts": ["https://files.example.com"]}, "a host is written as in"),
        ({"hosts": ["*.com"]}, "a host is written as in"),
        ({"poll": {"path": "/r/{id}", "headers": {"x": "{id}"}}}, "which is sent as it stands"),
        ({"poll": {"path": "/r/{id}", "headers": {"Authorization": "x"}}}, "use key: for it"),
        ({"query": {"project": "{project}"}}, "which is sent as it stands"),
        ({"server": "https://{region}.example.com"}, "has a variable"),
        ({"submit": {"path": "/r", "id": "header:"}}, "names no header"),
        ({"ids": ["id", "id"]}, "has a name twice"),
        ({"interval": 10**400}, "number of seconds above 0"),
        ({"interval": 0}, "number of seconds above 0"),
        ({"interval": "5s"}, "number of seconds above 0"),
        ({"timeout": float("nan")}, "number of seconds above 0"),
        ({"limit": {"requests": 0}}, "whole number of requests"),
        ({"hints": {"minutes": "x"}}, "needs seconds or milliseconds"),
        ({"name": "Renders API"}, "a name has small letters"),
        ({f"x{number}": 1 for number in range(20)}, "it may have 24"),
        ({1: "x"}, "names are text"),
    ],
)
def test_contradiction_is_named(changes, fact):
    """By load(), with its place."""
    given = {**RENDERS, **changes}
    with pytest.raises(InvalidInput, match=fact) as caught:
        load({name: value for name, value in given.items() if value is not None})
    assert str(caught.value).startswith("The declaration")


@pytest.mark.parametrize(
    ("source", "name", "fact"),
    [
        (7, None, "is a mapping, text or a path"),
        ("{", None, "is not JSON"),
        ("a: [\n", None, "is not YAML"),
        ("- 1\n- 2\n", None, "a declaration is a mapping"),
        ("nowhere.yaml", None, "cannot be read"),
        ({"x-job": []}, None, "declares no job"),
        ({"x-job": None}, None, "declares no job"),
        ({"x-job": "a"}, None, "a list of them, or a mapping by name"),
        ({"x-job": {"a": 1}}, None, "must be a declaration"),
        ({"x-job": {"a": {"name": "b"}}}, None, "leave name: out"),
        ('{"name": "a", "name": "b"}', None, "'name' comes twice"),
        ({"x-job": [{"poll": {}}]}, None, "has no name"),
        ({"x-job": [{"name": "a"}, {"name": "a"}]}, None, "two jobs named 'a'"),
        ({"x-job": {"a": {}, "b": {}}}, None, r"declares 2 jobs \(a, b\): name one"),
        ({"x-job": {"a": {}, "b": {}}}, "c", "declares no job 'c'; it declares a, b"),
        ({"swagger": "2.0"}, None, "Swagger 2"),
        ({"overlay": "1.0.0", "actions": []}, None, "is an overlay"),
        ({"openapi": "3.1.0", "paths": {}}, None, "declares no job"),
        ("[" * 100_000 + "\n", None, "nested too deep|is not YAML"),
        ('{"a":' * 100_000, None, "nested too deep"),
    ],
)
def test_source_that_is_none(source, name, fact):
    """One sentence, whatever it is."""
    with pytest.raises(InvalidInput, match=fact):
        load(source, name)
