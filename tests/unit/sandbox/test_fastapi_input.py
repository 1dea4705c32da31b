"""The sandbox judges input as FastAPI does, on which PromptForge's published server is built."""

import asyncio

import pytest
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel
from starlette.types import ASGIApp

from jobwait._httpx import httpx
from jobwait.sandbox import Sandbox
from jobwait.sandbox.promptforge.prompt_file import read_prompts

GOOD = b'{"provider": "openai", "model": "m"}'
JSON = {"Content-Type": "application/json"}
INTEGERS = [
    *(
        "7",
        "-7",
        "7.0",
        "-0.0",
        "1e3",
        "7.5",
        "1e18",
        "1e19",
        "-1e19",
        "9223372036854774784.0",
        "9" * 30,
        "1e999",
        "NaN",
    ),
    *("true", "false", "null", "[]", "{}", '"7"', '"+7"', '"-7"', '"7.0"', '"-7.00"', '"07"', '"7."', '".0"', '" 7 "'),
    *('"\\n7\\t"', '"\\u00a07"', '"\\u001c7"', '"\\ufeff7"', '"1_000"', '"1__0"', '"_1"', '"1_"', '"1_0.0"', '"7.0_0"'),
    *('"+-7"', '"- 7"', '"0x1"', '"1e3"', '"7.5"', '"\\u0667"', '"\\uff17"', '""', '"7\\u0000"', '"true"', '"+"'),
    *(f'"{"9" * 18}"', f'"{"9" * 4301}"'),
]
BODIES = [
    *(
        b"",
        b"null",
        b"[]",
        b"[1]",
        b'[{"provider": "openai", "model": "m"}]',
        b'"x"',
        b"7",
        b"true",
        b"{",
        b"{}",
        b"nul",
    ),
    *(b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16"), b"\xff", b'{"provider": "\xff"}', b"[" * 100_000),
    *(b'{"provider": null}', b'{"provider": 1, "model": 2}', b'{"provider": "x", "model": NaN}', GOOD + b"x"),
    *(b'{"provider": "openai", "model": "m", "more": ' + more + b"}" for more in (b"NaN", b'"\\ud800"', b"9" * 5000)),
    b'{"provider": "\\ud800", "model": 7}',
    b'{"provider": "it\'s", "model": "m"}',
]
TYPES = ["", "text/plain", "Application/JSON; charset=latin-1", "application/a+json", "text/a+json", "json", "a/b/json"]


class Init(BaseModel):
    """The documented request."""

    provider: str
    model: str
    max_retries: int = 3
    rpm: int | None = None


def published() -> FastAPI:
    """The operation as it is published: the key, the fields, then the provider."""
    app = FastAPI()

    def key(x_api_key: str | None = Header(default=None)) -> None:
        if not x_api_key:
            raise HTTPException(401, "Missing X-API-Key header")

    @app.post("/v1/jobs/init", status_code=202, dependencies=[Depends(key)])
    def init(body: Init) -> None:
        known = {"openai", "anthropic", "gemini", "mistral"}
        if body.provider not in known:
            raise HTTPException(422, f"Unsupported provider '{body.provider}'. Choose from: {sorted(known)}")
        body.model.encode()  # its database takes no other text, and no integers of more than 64 bits
        for number in (body.max_retries, body.rpm or 0):
            number.to_bytes(8, signed=True)

    return app


async def answers(app: ASGIApp, requests: list[tuple[bytes, dict[str, str]]]) -> list[tuple[int, object]]:
    """Status and content of each response; of an accepted request the status alone."""
    found: list[tuple[int, object]] = []
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://promptforge") as client:
        for content, headers in requests:
            reply = await client.post("/v1/jobs/init", content=content, headers=headers)
            kind = reply.headers["content-type"].partition(";")[0]
            found.append((reply.status_code, None if reply.status_code == 202 else (kind, reply.text)))
    return found


def compare(requests: list[tuple[bytes, dict[str, str]]]) -> None:
    """Both give the same answers to *requests*; X-API-Key is "any" for the right one."""
    with Sandbox() as box:
        ours = [
            (content, {name: box.promptforge.key if value == "any" else value for name, value in headers.items()})
            for content, headers in requests
        ]
        got = asyncio.run(answers(box.apps["promptforge"], ours))
    wanted = asyncio.run(answers(published(), requests))
    assert dict(zip(map(str, requests), wanted, strict=True)) == dict(zip(map(str, requests), got, strict=True))


def test_bodies_are_judged_as_fastapi_judges_them():
    """Lists, texts, invalid JSON, a byte order mark, half of a surrogate pair: with the key, and without."""
    compare([(body, {**JSON, **key}) for body in BODIES for key in ({"X-API-Key": "any"}, {}, {"X-API-Key": ""})])


def test_content_types_are_judged_as_fastapi_judges_them():
    """JSON that is not declared as JSON is a text, and no object; a key that is missing comes first."""
    requests = [(GOOD, {"Content-Type": media, "X-API-Key": "any"}) for media in TYPES]
    compare(
        [
            *requests,
            (GOOD, {"X-API-Key": "any"}),
            (GOOD, {}),
            (b"", {"X-API-Key": "any"}),
            (b"\xff", {"X-API-Key": "any"}),
        ]
    )


@pytest.mark.parametrize("field", ["max_retries", "rpm"])
def test_integers_are_judged_as_pydantic_judges_them(field):
    """7.0 and "+7" are integers, 7.5 and "7." are not."""
    start = GOOD.removesuffix(b"}")
    bodies = [start + f', "{field}": {number}}}'.encode() for number in INTEGERS]
    compare([(body, {**JSON, "X-API-Key": "any"}) for body in bodies])


class Prompt(BaseModel):
    """A line of the published server's check."""

    prompt_id: int
    prompt: str


LINES = [
    *(f'{{"prompt_id": {number}, "prompt": "x"}}' for number in INTEGERS),
    *(
        f'{{"prompt_id": 1, "prompt": {text}}}'
        for text in ("7", "null", '"\\ud800"', '"\\ud83d\\ude00"', '"\t"', '"\u2028"')
    ),
    *('{"prompt_id": 1, "prompt": "x", "y": "\\udc00"}', '{"prompt_id": 1, "prompt": "x", "y": NaN}', "[]", "7", "{}"),
    *(
        '\ufeff{"prompt_id": 1, "prompt": "x"}',
        '{"prompt_id": 1}',
        '{"prompt": "x"}',
        "no json",
        '\u00a0{"prompt_id": 1, "prompt": "x"}',
    ),
]


@pytest.mark.parametrize("line", LINES, ids=ascii)
def test_prompts_are_judged_as_pydantic_judges_them(line):
    """The count of valid prompts is of those that the published server's check takes."""
    try:
        Prompt.model_validate_json(line.strip())
        valid = 1
    except ValueError:
        valid = 0
    assert valid == read_prompts(line.encode(), "server").valid
