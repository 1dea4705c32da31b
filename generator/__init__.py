"""
What codegen.py does: typed clients from OpenAPI documents.

openapi-python-client imports an HTTP client, with which it would fetch a document by its address. Nothing here does so:
it is imported with empty modules in place of those, which would be a third of what a small client costs.
"""

import sys
from types import ModuleType

_UNUSED = {name: ModuleType(name) for name in ("httpcore", "httpx") if name not in sys.modules}
sys.modules.update(_UNUSED)
try:
    import openapi_python_client as _parser  # noqa: F401 - as above
finally:
    for _name in _UNUSED:
        del sys.modules[_name]
