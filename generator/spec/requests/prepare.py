"""Makes everything that a request consists of such that it can be sent: parameters, forms, servers."""

from generator.errors import Finding
from generator.spec.pointers import Document
from generator.spec.requests.body_encodings import prepare_encodings
from generator.spec.requests.media_ranges import concrete_bodies
from generator.spec.requests.parameter_styles import prepare_parameters
from generator.spec.requests.servers import prepare_servers


def prepare_requests(document: Document) -> list[Finding]:
    """Prepare *document* in place; return the places that OpenAPI leaves open or that were changed, and how."""
    bodies = [*concrete_bodies(document), *prepare_encodings(document)]
    return [*prepare_parameters(document), *bodies, *prepare_servers(document)]
