"""The folders and files of the repository that the generator reads and writes."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPECS = ROOT / "specs"
GENERATED = ROOT / "generated"
SOURCES = ROOT / "src"
TEMPLATES = Path(__file__).resolve().parent / "emit" / "templates"
RUNTIME = Path(__file__).resolve().parent / "emit" / "runtime"
# What the generator knows of jobwait: its list of services, the contract test, and the tests' data of added services.
SERVICE_LIST = Path("src", "jobwait", "_jobs", "registry.py")
CONTRACT_TEST = Path("tests", "contract", "test_services.py")
ADDED_SERVICES = Path("tests", "added")


def scratch_prefix(target: Path) -> str:
    """How the names of folders begin that a run writes beside *target* before all is in place."""
    return f".{target.name}-new-"


def services() -> list[str]:
    """The services that have a spec, in alphabetical order."""
    return sorted(spec.parent.name for spec in SPECS.glob("*/openapi.yaml"))


def service_module(service: str) -> Path | None:
    """The module jobwait/SERVICE.py, or the package jobwait/SERVICE; None if there is neither."""
    package = SOURCES / "jobwait"
    found = [path for path in (package / f"{service}.py", package / service) if path.exists()]
    return found[0] if found else None
