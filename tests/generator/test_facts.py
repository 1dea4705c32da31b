"""Facts: what the client generator's own parser drops."""

import pytest
from generator.facts import facts
from generator.faults import Fault
from generator.normalise import normalise

BEARER = {"type": "http", "scheme": "bearer"}
HEADER = {"type": "apiKey", "in": "header", "name": "X-API-Key"}
QUERY = {"type": "apiKey", "in": "query", "name": "key"}


def known(spec, security=(), **schemes):
    """The facts of *spec* with the security *security*."""
    spec["security"] = list(security)
    spec["components"]["securitySchemes"] = schemes
    return facts(normalise(spec))


@pytest.mark.parametrize(
    ("scheme", "header", "prefix"),
    [
        (BEARER, "Authorization", "Bearer "),
        (HEADER, "X-API-Key", ""),
        ({"type": "oauth2", "flows": {}}, "Authorization", "Bearer "),
        ({"type": "http", "scheme": "basic"}, "Authorization", "Basic "),
    ],
)
def test_the_scheme_says_how_the_key_is_sent(spec, scheme, header, prefix):
    """
    Header and prefix of the key come from the security scheme.
    """
    auth = known(spec, [{"key": []}], key=scheme).auth

    assert (True, header, prefix) == (auth.needed, auth.header, auth.prefix)


@pytest.mark.parametrize(
    ("security", "need"),
    [
        ([], "none"),
        ([{"key": []}], "required"),
        ([{"key": []}, {}], "optional"),
        ([{"key": []}, {"b": []}], "required"),
    ],
)
def test_an_empty_alternative_makes_the_key_optional(spec, security, need):
    """
    An operation wants a key unless it has no security, or an alternative without any.
    """
    operations = known(spec, security, key=BEARER, b=BEARER).operations

    assert [need] == [operation.security for operation in operations.values()]


def test_an_alternative_that_a_header_serves_is_taken(spec):
    """
    Where a key may be sent in several ways, the one that a header can do is used.
    """
    assert "X-API-Key" == known(spec, [{"a": []}, {"b": []}], a=QUERY, b=HEADER).auth.header


@pytest.mark.parametrize(
    ("security", "said"),
    [([{"a": []}], "a way that this generator does not know"), ([{"a": [], "b": []}], "does not know")],
)
def test_keys_that_no_header_serves_are_refused(spec, security, said):
    """
    A key in the query, or two at once, would be sent wrongly: better no client.
    """
    with pytest.raises(Fault, match=said):
        known(spec, security, a=QUERY, b=HEADER)


@pytest.mark.parametrize(
    ("servers", "url"),
    [
        ([], ""),
        ([{"url": "/v1"}], ""),
        ([{"url": "https://a.example/"}, {"url": "https://b.example"}], "https://a.example"),
        ([{"url": "https://{r}.example/v1", "variables": {"r": {"default": "eu"}}}], "https://eu.example/v1"),
    ],
)
def test_the_first_whole_server_is_the_default(spec, servers, url):
    """
    The client's address is the first server with its variables filled in, or must be given.
    """
    spec["servers"] = servers

    assert url == known(spec).server


def test_documented_faults_become_classes(spec):
    """
    Each documented status that is no success has a class named by its phrase, the same under every Python.
    """
    responses = spec["paths"]["/toys/{toy_id}"]["get"]["responses"]
    for code in ("302", "404", "413", "422", "499", "5XX", "default"):
        responses[code] = {"description": ""}

    assert [
        (302, "Found"),
        (404, "NotFound"),
        (413, "ContentTooLarge"),
        (422, "UnprocessableEntity"),
        (499, "Status499"),
    ] == [(status.code, status.name) for status in known(spec).statuses]
