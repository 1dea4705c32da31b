"""Where things lie in the repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPECS = ROOT / "specs"
GENERATED = ROOT / "generated"
SOURCES = ROOT / "src"
TEMPLATES = Path(__file__).resolve().parent / "templates"
RUNTIME = Path(__file__).resolve().parent / "runtime"
TESTS = ROOT / "tests"


def services() -> list[str]:
    """The services that have a spec, in order."""
    return sorted(spec.parent.name for spec in SPECS.glob("*/openapi.yaml"))
