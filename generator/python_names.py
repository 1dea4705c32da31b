"""Python names of schemas, fields and operations, and the class names that generated modules already use."""

from openapi_python_client.strings import ClassName, PythonIdentifier

PREFIX = "field_"
# A model with one of these names would shadow an import of its own module or of an operation's module.
RESERVED_CLASSES = frozenset(
    {
        "Any",
        "AuthenticatedClient",
        "BinaryIO",
        "Client",
        "File",
        "Generic",
        "IntEnum",
        "Literal",
        "Mapping",
        "Self",
        "StrEnum",
        "TypeVar",
        "UNSET",
        "UUID",
        "Unset",
    }
)

RESERVED_FIELDS = frozenset({"additional_properties", "to_dict", "from_dict", "cls"})  # of every model


def class_name(name: str) -> str:
    """The class name of the component *name*."""
    return str(ClassName(name, PREFIX))


def module_name(name: str) -> str:
    """The module name of the model or operation *name*, also the Python name of a field or parameter."""
    return str(PythonIdentifier(name, PREFIX))


def field_name(name: str) -> str:
    """The name of the field *name* in a model."""
    python = module_name(name)
    return f"{python}_" if python in RESERVED_FIELDS else python
