"""Lines of result files that are no result: the line, the id that it names, and what its problem begins with."""

ODD = [
    (b'{"prompt_id": 7}', 7, "has no response"),
    (b'{"prompt_id": 7, "error": null}', 7, "has no response"),
    (b'{"prompt_id": 7.0, "response": "x"}', 7, "has 7.0 as its prompt_id, not an integer or text"),
    (b'{"prompt_id": 7.5, "response": "x"}', None, "has 7.5 as its prompt_id"),
    (b'{"prompt_id": NaN, "response": "x"}', None, "has no prompt_id"),
    (b'{"prompt_id": 1e999, "response": "x"}', None, "has no prompt_id"),
    (b'{"prompt_id": null, "response": "x"}', None, "has no prompt_id"),
    (b'{"prompt_id": true, "response": "x"}', None, "has a boolean as its prompt_id"),
    (b'{"prompt_id": [1], "response": "x"}', None, "has a list as its prompt_id"),
    (b'{"prompt_id": ' + b"9" * 5000 + b', "response": "x"}', None, "has no prompt_id"),
    (b'{"response": "x"}', None, "has no prompt_id"),
    (b"{}", None, "has no response"),
    (b"[1, 2]", None, "is a list, not an object"),
    (b"7", None, "is 7, not an object"),
    (b"null", None, "is null, not an object"),
    (b'"error"', None, "is text, not an object"),
    (b'{"prompt_id": 7, "respon', None, "is not JSON; it may have been cut short"),
    (b'{"prompt_id": 7, "response": "\xff"}', None, "is not UTF-8"),
    (b'{"prompt_id": 7, "response": "x"}}', None, "is not JSON"),
    (b"[" * 100_000, None, "is not JSON"),
    (b'{"prompt_id": 7, "response": "x", "more": ' + b"[" * 60 + b"]" * 60 + b"}", 7, "is nested too deeply"),
    (b"\0\0", None, "is not JSON"),
]
# PromptForge's responses are text.
ODD_TEXT = [
    (b'{"prompt_id": 7, "response": null}', 7, "has null as its response, not text"),
    (b'{"prompt_id": 7, "response": null, "error": "filter"}', 7, "has null as its response"),
    (b'{"prompt_id": 7, "result": {"tool": "x"}}', 7, "has an object as its result"),
    (b'{"prompt_id": 7, "response": ["x"]}', 7, "has a list as its response"),
    (b'{"prompt_id": 7, "response": false}', 7, "has a boolean as its response"),
    (b'{"prompt_id": 7, "response": NaN}', 7, "has null as its response"),
]
