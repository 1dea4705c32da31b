"""The failure of a call of a watched function."""

from collections.abc import Mapping


class FailedCall(Exception):
    """
    A watched function raised, returned nothing, or did not return in time; the text says which, as part of a sentence.

    kind: the class name of what it raised. status, headers, request_id: what that carried of an HTTP response; is_own:
    whether that response is the service's own. refused_by_tls: whether another attempt cannot help.
    """

    def __init__(
        self,
        fact: str,
        *,
        kind: str,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        request_id: str | None = None,
        is_own: bool = False,
        refused_by_tls: bool = False,
    ) -> None:
        super().__init__(fact)
        self.kind = kind
        self.status, self.headers, self.request_id, self.is_own = status, headers, request_id, is_own
        self.refused_by_tls = refused_by_tls
