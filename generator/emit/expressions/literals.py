"""Text of the document as Python literals."""

from openapi_python_client.schema.untrusted_string import UntrustedString


def literal(text: UntrustedString | str) -> str:
    """*text* as a Python string literal with its quotes; control characters are escaped."""
    return repr(text.get_untrusted_value() if isinstance(text, UntrustedString) else text)
