"""Hostile specs: whatever a vendor writes stays text."""

import builtins
import contextlib
import importlib
import shutil
import sys
import warnings

import pytest
from generator.build import build
from generator.lint import lint
from generator.mend import mend
from generator.normalise import normalise
from generator.places import TEMPLATES
from tests.generator.hostile import CASES, TEXTS, hostile

from generator import clients


@pytest.fixture
def owned(monkeypatch):
    """Where a text that runs leaves its mark."""
    marks = []
    monkeypatch.setattr(builtins, "OWNED", marks, raising=False)
    return marks


def generated(folder, document):
    """Build the client of *document* in *folder* as a run does."""
    mend(document)
    lint(document, "hostile")
    package = folder / "hostile_client"
    build(normalise(document), package, "a remark")
    return package


def import_all(package):
    """Import every module of *package*; a warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for module in sorted(package.rglob("*.py")):
            name = module.relative_to(package.parent).with_suffix("").as_posix().replace("/", ".")
            importlib.import_module(name.removesuffix(".__init__"))


def test_no_word_of_a_spec_becomes_code(tmp_path, monkeypatch, owned):
    """
    Every text at every place: each module compiles and imports with warnings as errors, and nothing runs.
    """
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    package = generated(tmp_path, hostile(CASES))
    import_all(package)

    assert len(CASES) >= 60
    assert [] == owned
    assert [package] == list(tmp_path.iterdir())
    assert len(CASES) == len([path for path in (package / "api").rglob("*.py") if path.name != "__init__.py"])


def test_the_corpus_fires_where_a_template_forgets_to_escape(tmp_path, monkeypatch, owned):
    """
    With one filter left out of one template the same texts run: so the test above can fail.
    """
    templates = tmp_path / "templates"
    shutil.copytree(TEMPLATES, templates)
    model = templates / "model.py.jinja"
    line = '(model.description or _name ~ ", as the spec has it.") | safe_for_docstring'
    raw = '(model.description.get_untrusted_value() if model.description else "")'
    assert line in model.read_text()
    model.write_text(model.read_text().replace(line, raw))
    monkeypatch.setattr(clients, "TEMPLATES", templates)
    monkeypatch.setattr("generator.build.formatting.tidy", lambda _package: None)  # ruff would stop at the first
    monkeypatch.syspath_prepend(tmp_path / "out")
    package = generated(tmp_path / "out", hostile([(text, "model description") for text in TEXTS]))
    for module in sorted((package / "models").glob("toy_*.py")):
        with contextlib.suppress(SyntaxError):
            importlib.import_module(f"hostile_client.models.{module.stem}")

    assert "case-0" in owned


@pytest.fixture(autouse=True)
def forgotten():
    """A client that one test imported is unknown to the next."""
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "hostile_client"]:
        del sys.modules[name]
