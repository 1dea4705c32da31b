"""Checks of what connect() is given beside key and address: headers, and whom TLS trusts."""

import os
import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from jobwait._http.api_key import Hidden
from jobwait._http.redaction import HiddenHeaders
from jobwait.errors import InvalidInput

Trust: TypeAlias = bool | str | os.PathLike[str] | ssl.SSLContext
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a header's name, in RFC 9110
# Those that say how a request is sent: the transport sets them.
_RESERVED: Final = frozenset(
    {"accept-encoding", "connection", "content-length", "content-type", "host", "te", "transfer-encoding", "upgrade"}
)


def checked_headers(headers: Hidden, key_header: str, name: str) -> HiddenHeaders:
    """*headers* for each request to the service *name*; InvalidInput names a bad one, without its value."""
    if not isinstance(headers.value, Mapping):
        raise InvalidInput("headers must be a mapping of names to text.", service=name)
    for header in headers.value:
        fault = _fault(header, key_header, Hidden(headers.value[header]))
        if fault:
            raise InvalidInput(f"The header {str(header)[:60]!r} {fault}", service=name)
    return HiddenHeaders(headers.value)


def _fault(header: object, key_header: str, content: Hidden) -> str:
    if not isinstance(header, str) or not _NAME.fullmatch(header):
        return "has a name that is none of HTTP's."
    if header.lower() == key_header.lower():
        return "is the key's own: pass the key as api_key."
    if header.lower() in _RESERVED:
        return "says how a request is sent, which is not for callers to set."
    text = content.value
    if not isinstance(text, str) or not (text.isascii() and text.isprintable()) or text != text.strip():
        return "must have a value of printable ASCII characters, without spaces at its ends."
    return ""


def trusted(verify: Any, name: str) -> ssl.SSLContext | None:
    """
    Whom TLS trusts with this *verify*; None for True: the usual authorities, or SSL_CERT_FILE and SSL_CERT_DIR.

    Raises:
        InvalidInput: *verify* is False, or names no certificates.

    """
    if verify is True:
        return None
    if isinstance(verify, ssl.SSLContext):
        return verify
    if verify is False or not isinstance(verify, str | os.PathLike):
        fact = "verify must be True, a file of certificates or an ssl.SSLContext; certificates are always checked."
        raise InvalidInput(fact, service=name)
    path = Path(verify)
    try:
        if path.is_dir():
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except OSError as error:  # ssl.SSLError is one
        why = error.strerror if error.filename or not isinstance(error, ssl.SSLError) else "no certificates in PEM form"
    raise InvalidInput(f"verify={str(path)!r} cannot be used ({why}). Name a file of CA certificates.", service=name)
