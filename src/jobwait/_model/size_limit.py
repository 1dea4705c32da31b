"""A caller's limit on the bytes of several files together."""

import threading

from jobwait._httpx import httpx


class SizeLimitReached(httpx.DecodingError):
    """More has come than the caller allows; sending the request again would bring no less."""


class SizeLimit:
    """At most *most* bytes of several files together, however often each is begun anew. Safe from any thread."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._sizes: dict[object, int] = {}
        self._lock = threading.Lock()

    def note(self, name: object, size: int) -> None:
        """The file *name* has *size* bytes by now; raises SizeLimitReached if all have more than is allowed."""
        with self._lock:
            self._sizes[name] = size
            if sum(self._sizes.values()) > self.most:
                raise SizeLimitReached(f"the result is larger than the {self.most} bytes that you allow")
