"""Hostile specs: text of a spec never becomes code."""

import builtins
import contextlib
import importlib
import shutil
import warnings

import pytest
from generator import paths
from generator.emit.package import build
from generator.paths import TEMPLATES
from generator.spec.lint import lint
from generator.spec.normalise import normalise
from generator.spec.repair import repair

from .hostile_spec import PLACES, TEXTS, all_pairs, hostile_spec, one_place


@pytest.fixture
def owned(monkeypatch, forget_modules):
    """The list to which a text that runs adds its mark."""
    marks = []
    monkeypatch.setattr(builtins, "OWNED", marks, raising=False)
    forget_modules("hostile_client")
    return marks


def generated(folder, document):
    """Build the client of *document* in *folder*, as a run does."""
    repair(document)
    lint(document, "hostile")
    package = folder / "hostile_client"
    build(normalise(document), package, "a comment")
    return package


def import_all(package):
    """Import every module of *package*; a warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for module in sorted(package.rglob("*.py")):
            name = module.relative_to(package.parent).with_suffix("").as_posix().replace("/", ".")
            importlib.import_module(name.removesuffix(".__init__"))


def test_every_text_at_every_place_is_generated_as_text(tmp_path, monkeypatch, owned):
    """Each module compiles and imports with warnings as errors, no text runs, and no other file is written."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    cases = all_pairs()
    package = generated(tmp_path, hostile_spec(cases))
    import_all(package)

    assert all(len({case[place] for case in cases}) == len(TEXTS) for place in PLACES)
    assert [] == owned
    assert [package] == list(tmp_path.iterdir())
    assert len(cases) == len([path for path in (package / "api").rglob("*.py") if path.name != "__init__.py"])


def test_the_texts_run_if_a_template_does_not_escape_them(tmp_path, monkeypatch, owned):
    """Without one filter in one template the texts run: the test above can fail."""
    templates = tmp_path / "templates"
    shutil.copytree(TEMPLATES, templates)
    model = templates / "model.py.jinja"
    line = '(model.description or _name ~ ", as defined in the spec.") | safe_for_docstring'
    raw = '(model.description.get_untrusted_value() if model.description else "")'
    assert line in model.read_text()
    model.write_text(model.read_text().replace(line, raw))
    monkeypatch.setattr(paths, "TEMPLATES", templates)
    monkeypatch.setattr("generator.emit.package.formatting.format_package", lambda _package: None)  # ruff would fail
    monkeypatch.syspath_prepend(tmp_path / "out")
    package = generated(tmp_path / "out", hostile_spec(one_place("model description")))
    for module in sorted((package / "models").glob("toy_*.py")):
        with contextlib.suppress(SyntaxError):
            importlib.import_module(f"hostile_client.models.{module.stem}")

    assert "0 model description" in owned
