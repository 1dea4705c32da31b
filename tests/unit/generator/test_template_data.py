"""Template data: server, API key and error statuses, which openapi-python-client's parser drops."""

import pytest
from generator.emit.template_data import template_data
from generator.spec.normalise import normalise

BEARER = {"type": "http", "scheme": "bearer"}
HEADER = {"type": "apiKey", "in": "header", "name": "X-API-Key"}


def known(spec, security=(), **schemes):
    """The template data of *spec* with the security *security*."""
    spec["security"] = list(security)
    spec["components"]["securitySchemes"] = schemes
    return template_data(normalise(spec))


@pytest.mark.parametrize(
    ("scheme", "header", "prefix"),
    [
        (BEARER, "Authorization", "Bearer "),
        (HEADER, "X-API-Key", ""),
        ({"type": "oauth2", "flows": {}}, "Authorization", "Bearer "),
        ({"type": "http", "scheme": "basic"}, "Authorization", "Basic "),
    ],
)
def test_security_scheme_decides_header_and_prefix_of_the_key(spec, scheme, header, prefix):
    """Header and prefix of the key come from the security scheme."""
    auth = known(spec, [{"key": []}], key=scheme).auth

    assert [(header, prefix)] == [(key.name, key.prefix) for key in auth.keys]


@pytest.mark.parametrize(
    ("security", "need"),
    [
        ([], "none"),
        ([{"key": []}], "required"),
        ([{"key": []}, {}], "optional"),
        ([{"key": []}, {"b": []}], "required"),
    ],
)
def test_an_empty_security_alternative_makes_the_key_optional(spec, security, need):
    """A key is required unless there is no security, or an empty alternative."""
    operations = known(spec, security, key=BEARER, b=BEARER).operations

    assert [need] == [operation.security for operation in operations.values()]


@pytest.mark.parametrize(
    ("servers", "url"),
    [
        ([], ""),
        ([{"url": "/v1"}], ""),
        ([{"url": "https://a.example/"}, {"url": "https://b.example"}], "https://a.example"),
        ([{"url": "https://{r}.example/v1", "variables": {"r": {"default": "eu"}}}], "https://{r}.example/v1"),
    ],
)
def test_first_absolute_server_url_is_the_default_base_url(spec, servers, url):
    """Its variables are arguments of the client, which have their defaults."""
    spec["servers"] = servers
    found = known(spec).servers

    assert url == found.url
    assert (["eu"] if "{" in url else []) == [variable.default for variable in found.variables]


def test_each_documented_error_status_becomes_a_class(spec):
    """The class name is the HTTP phrase, the same under every Python."""
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
