"""No redirect is followed, and only known links are."""

import pytest

from faults.catalogue import CANARY
from faults.operations import ENGINES, FILES, FLEETS, POLLS, ROW, SUBMITS, UPLOAD, good, run
from faults.server import KEEP, Hostile, response
from faults.test_faults import error_of, holds_no_secret
from jobwait import errors
from jobwait._http.redaction import Link
from jobwait._http.signed_links import check

TARGETS = {  # those of openai's own test
    "the same origin": "http://127.0.0.1:{own}/other",
    "another case and the port spelled out": "HTTP://127.0.0.1:{own}/other",
    "another host": "http://127.0.0.2:{other}/take",
    "no scheme": "//127.0.0.2:{other}/take",
    "another port": "http://127.0.0.1:{other}/take",
    "another scheme": "https://127.0.0.1:{other}/take",
    "a user that looks like the host": "http://127.0.0.1:{own}@127.0.0.2:{other}/take",
}


def redirecting(target, other, status=307):
    """A handler that sends whoever asks to *target*."""

    def play(connection, request):
        own = request.headers["host"].rpartition(":")[2]
        connection.sendall(response(b"", status, "location: " + target.format(own=own, other=other)))
        return KEEP

    return play


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_no_redirect_is_followed(engine, target):
    """Seven kinds of target, keys in both styles of header: a failed poll, and no other host gets anything."""
    with Hostile(good, host="0.0.0.0") as other:  # noqa: S104 - every loopback address
        for operation in POLLS if engine in FLEETS else [*POLLS, *SUBMITS]:
            with Hostile(good, redirecting(target, other.port), operation.where) as server:
                client = operation.connect(server.url)
                found, _ = run(engine, operation.operation(client, None), client)
            error = error_of(found)
            assert isinstance(error, errors.UnexpectedReply | errors.SubmitUnconfirmed), f"{operation}: {found!r}"
            assert holds_no_secret(error)
            assert (5 if operation.safe else 1) == len(server.requests), f"{operation}"
        assert 0 == other.connections


@pytest.mark.parametrize("engine", ["sync", "httpx"])
@pytest.mark.parametrize("operation", [*FILES, UPLOAD], ids=str)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_a_signed_link_is_not_followed(engine, operation, status, tmp_path):
    """The link counts as failed; neither file nor prompts are sent elsewhere."""
    with Hostile(good) as other:
        fault = redirecting("http://127.0.0.1:{other}/take", other.port, status)
        with Hostile(good, fault, operation.where) as server:
            client = operation.connect(server.url)
            found, _ = run(engine, operation.operation(client, tmp_path), client)
        assert 0 == other.connections
    assert isinstance(found, errors.JobWaitError) or operation is UPLOAD
    assert holds_no_secret(error_of(found))
    assert 1 == len(server.asked)


@pytest.mark.parametrize("engine", ["sync", "httpx"])
def test_signed_links_get_no_key(engine, tmp_path):
    """Neither an upload nor a download has the key or any header of the service's, even on the same host."""
    for operation in [*FILES, UPLOAD]:
        with Hostile(good) as server:
            client = operation.connect(server.url).with_headers({"x-team": "blue"})
            found, _ = run(engine, operation.operation(client, tmp_path), client)
        assert not isinstance(found, Exception)
        (request,) = [request for request in server.requests if operation.where(request)]
        assert CANARY not in str({**request.headers, "path": request.target.partition("?")[0]})
        assert not {"authorization", "x-api-key", "x-team", "cookie"} & set(request.headers)


LINKS = {
    "https://storage.googleapis.com/b/o?sig=x": True,
    "https://b.storage.googleapis.com/o?sig=x": True,
    "https://STORAGE.googleapis.com./o": True,
    "http://storage.googleapis.com/o": False,
    "https://storage.googleapis.com.evil.example/o": False,
    "https://evilstorage.googleapis.com/o": False,
    "https://storage.googleapis.com@evil.example/o": False,
    "https://user:pw@storage.googleapis.com/o": False,
    "https://evil.example/?storage.googleapis.com": False,
    "https://169.254.169.254/latest/meta-data": False,
    "https://[::1]/o": False,
    "http://127.0.0.1:8080/o": False,
    "http://0x7f000001/o": False,
    "http://2130706433/o": False,
    "https://localhost/o": False,
    "file:///etc/passwd": False,
    "ftp://storage.googleapis.com/o": False,
    "javascript:alert(1)": False,
    "//storage.googleapis.com/o": False,
    "https://storage.googleapis.com\\@evil.example/o": False,
    "https://storage.googleapis.com\r\nx: y/o": False,
    "https://storage.googleapis.com:8443/o": False,
    "https://storage.googleapis.com:99999/o": False,
    "https://storage.googleapis.com\u3002evil.example/o": False,
    "https://[::ffff:127.0.0.1/o": False,
    "https:///o": False,
    "https://a..storage.googleapis.com/o": False,
    "": False,
}


@pytest.mark.parametrize("url", LINKS)
def test_only_known_hosts_are_followed(url):
    """A link is https to a host of the service's list, or is refused, and is in no message."""
    service, client = ROW["promptforge"].service, ROW["promptforge"].connect("k")
    if LINKS[url]:
        assert check(service, client, Link(url), "j") is None
        return
    with pytest.raises(errors.UnexpectedReply, match="was not followed") as refusal:
        check(service, client, Link(url), "j")
    assert "sig=x" not in str(refusal.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/o", "https://localhost/o", "http://[::1]:1/o"])
def test_loopback_is_followed_only_from_loopback(url):
    """A link to this machine is followed only for a service on this machine."""
    here = ROW["promptforge"].connect("k", base_url="http://127.0.0.1:9")
    assert check(ROW["promptforge"].service, here, Link(url), "j") is None
    with pytest.raises(errors.UnexpectedReply):
        check(ROW["promptforge"].service, ROW["promptforge"].connect("k"), Link(url), "j")
