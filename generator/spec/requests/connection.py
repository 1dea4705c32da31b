"""Where a client finds the service."""

from generator.spec.pointers import Document


def first_server(document: Document) -> str:
    """The first server's URL with the defaults of its variables, without a final slash; empty if it is not absolute."""
    servers = document.get("servers") or [{}]
    url = str(servers[0].get("url", ""))
    for name, variable in servers[0].get("variables", {}).items():
        url = url.replace("{" + name + "}", str(variable.get("default", "")))
    return url.rstrip("/") if url.startswith(("https://", "http://")) else ""
