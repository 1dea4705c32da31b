"""Names: those that the generated code has already, and what the spec's own become in it."""

from openapi_python_client.strings import ClassName, PythonIdentifier

PREFIX = "field_"
# A model called like one of these would hide what its module, or that of an operation, imports.
TAKEN_CLASSES = frozenset(
    {
        "Any",
        "AuthenticatedClient",
        "Client",
        "File",
        "IntEnum",
        "Literal",
        "Mapping",
        "Self",
        "StrEnum",
        "UUID",
        "Unset",
    }
)


def class_name(name: str) -> str:
    """The class that the component *name* becomes."""
    return str(ClassName(name, PREFIX))


def module_name(name: str) -> str:
    """The module that a model or operation called *name* becomes."""
    return str(PythonIdentifier(name, PREFIX))
