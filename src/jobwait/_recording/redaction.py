"""
What of an answer may be kept: words and numbers, and nothing that a key, a link, a prompt or a name may be in.

A service's own words for a status or a step are short and made of letters; all other text is left out, and its length
kept. Keys that were sent are redacted before, where a response is received.
"""

import hashlib
import math
import re
from collections.abc import Mapping
from typing import Any, Final

LEFT_OUT: Final = "[left out]"
_WORD: Final = re.compile(r"[\w.:/()+,%#-]{1,64}")  # no space, no @, no quotes
_WORDS: Final = re.compile(r"[\w .:/()+,%#-]{1,64}")
_ID: Final = re.compile(r"[\w.:/+#-]{1,200}")
_KEY: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:sk|pk|rk|ghp|gho|xox[a-z]|AKIA|AIza|eyJ)[-_A-Za-z0-9]{8,}"  # as vendors begin them
    r"|(?=[0-9+=]*[A-Za-z])(?=[A-Za-z+=]*[0-9])[A-Za-z0-9+=]{24,}"  # long, of letters and digits
)
_UUID: Final = re.compile(r"[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}|[\da-fA-F]{32}")
_SECRET_NAMES: Final = re.compile(
    r"key|token|secret|passw|credential|authori[sz]ation|signature|cookie|session|e?mail|phone|address|(?:^|_)name|user",
    re.IGNORECASE,
)
_TEXT_NAMES: Final = re.compile(
    r"prompt|question|answer|response|text|content|input|output|message|detail|descri|title|reason|instruction|comment",
    re.IGNORECASE,
)
_DEPTH: Final = 20  # of a body; what is deeper is left out


def word(text: str) -> str:
    """*text* if it is a service's word for a status or a step, else LEFT_OUT."""
    return text if not text or (_WORDS.fullmatch(text) and not _is_secret(text)) else LEFT_OUT


def job_name(job_id: str) -> str:
    """The id of a job; of one that may be a link or a text, a checksum."""
    if _ID.fullmatch(job_id) and "://" not in job_id and "?" not in job_id:
        return job_id
    return f"sha256-{hashlib.sha256(job_id.encode('utf-8', 'backslashreplace')).hexdigest()[:16]}"


def body(value: Any, name: str = "", depth: int = _DEPTH) -> Any:
    """
    The JSON *value* with the names of fields, numbers and single words; any other text is replaced by its length.

    So is a word under a *name* of what people or models write. What stands under that of a secret or of a person is
    left out whole.
    """
    if value is not None and (_SECRET_NAMES.search(name) or depth == 0):
        return LEFT_OUT
    if isinstance(value, Mapping):
        return {_plain_name(str(key)): body(item, str(key), depth - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [body(item, name, depth - 1) for item in value]
    if isinstance(value, str):
        said = _TEXT_NAMES.search(name) is not None
        kept = not value or _UUID.fullmatch(value) or (_WORD.fullmatch(value) and not said and not _is_secret(value))
        return value if kept else f"[{len(value)} characters]"
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain_name(name: str) -> str:
    """The *name* of a field, unless it is a text: some services use what people wrote as names."""
    return name if _WORD.fullmatch(name) and not _is_secret(name) else LEFT_OUT


def _is_secret(text: str) -> bool:
    return "://" in text or _KEY.search(text) is not None
