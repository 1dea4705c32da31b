"""What makes and judges the site of the documentation: pages out of the repository, and the check of what was built."""

import json
import re
import zlib

import pytest
from docs_site import check, llms, sources


@pytest.fixture
def built(tmp_path):
    """A site of two pages, as it is right."""
    for name in ("index", "guide/one"):
        path = tmp_path / f"{name}.html"
        path.parent.mkdir(exist_ok=True)
        path.write_text('<link rel="canonical" href="https://here"><a href="https://there"><img src="a.png">', "utf-8")
    items = [{"location": f"{name}.html#x", "title": "t", "text": "words"} for name in ("index", "guide/one")]
    (tmp_path / "search.json").write_text(json.dumps({"items": items}), "utf-8")
    (tmp_path / "objects.inv").write_bytes(
        b"#\n#\n#\n#\n" + zlib.compress(b"jobwait.Job py:class 1 x -\nm.run.run py:f 1 x -")
    )
    return tmp_path


def problems(site, names=("jobwait.Job", "m.run")):
    """What the check says of *site*."""
    return list(check.problems(site, ["index.md", "guide/one.md"], names))


def test_a_site_whose_pages_load_nothing_from_elsewhere_is_right(built):
    """Links to other hosts are for the reader to follow; a function may be described under the name of its module."""
    assert [] == problems(built)


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.invalid/a.js"></script>',
        '<link rel="stylesheet" href="//fonts.invalid/a.css">',
        '<img srcset="a.png 1x, https://img.invalid/b.png 2x">',
        '<style>@import "https://fonts.invalid/a.css"</style>',
        "<p style='background: url(http://img.invalid/c.png)'>",
    ],
)
def test_whatever_a_browser_would_fetch_from_another_host_is_named(built, text):
    """In tags, in lists of pictures, in style sheets."""
    (built / "index.html").write_text(text, "utf-8")
    assert ["index.html loads "] == [line[:17] for line in problems(built)]


def test_what_is_missing_in_a_site_is_named(built):
    """A page that was not built, one that search does not know, a public name without a description."""
    (built / "guide/one.html").unlink()
    (built / "search.json").write_text('{"items": []}', "utf-8")
    assert ["guide/one.md was not built", "search does not know index.md", "jobwait.Stop is not in the reference"] == (
        problems(built, ["jobwait.Stop"])
    )


def test_a_page_outside_the_navigation_and_a_missing_one_are_named():
    """Pages of the examples are found by their index."""
    found = check.misplaced(["index.md", "lost.md", "examples/a.py.md"], ["index.md", "gone.md"])
    assert ["gone.md is in the navigation and does not exist", "lost.md is not in the navigation of zensical.toml"] == (
        list(found)
    )


def test_links_lead_to_where_the_pages_are_in_the_site(tmp_path):
    """To an example's page, an index, a heading; where a file has no page its text is left; code stays."""
    for name, text in {
        "docs/a.md": "[x](../examples/x.py) [e](engines/README.md#top) [f](engines) [s](../src/y.py)\n\n"
        "```md\n[x](../examples/x.py)\n```\n",
        "docs/engines/README.md": "[a](../a.md) [c](../../CHANGELOG.md) [w](https://w.invalid)",
        "examples/x.py": '"""An example."""\n\nprint(1)\n',
        "examples/README.md": "[x](x.py)",
        "README.md": "", "CHANGELOG.md": "# C", "ARCHITECTURE.md": "", "CONTRIBUTING.md": "", "SECURITY.md": "",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    site = tmp_path / "site"
    sources.collect(site, tmp_path)
    assert (
        "[x](examples/x.py.md) [e](engines/index.md#top) [f](engines/index.md) s\n\n```md\n[x](../examples/x.py)\n```\n"
        == (site / "a.md").read_text("utf-8")
    )
    assert "[a](../a.md) [c](../changelog.md) [w](https://w.invalid)" == (site / "engines/index.md").read_text("utf-8")
    assert "[x](x.py.md)" == (site / "examples/index.md").read_text("utf-8")
    assert "# x.py\n\nAn example.\n\n```python\nprint(1)\n```\n" == (site / "examples/x.py.md").read_text("utf-8")


def test_the_sentence_of_a_page_is_the_first_of_its_text():
    """Without its links; a page that begins with code or a table has none."""
    assert "It waits for jobs." == llms.about("# T\n\nIt [waits](x.md) for\njobs. And more.\n")
    assert "" == llms.about("# T\n\n| a | b |\n")


def test_the_texts_have_a_link_for_what_the_html_alone_describes(tmp_path):
    """A reader of text gets no directive, neither in a page nor in all of them, and llms.txt links the HTML page."""
    pages, site = tmp_path / "pages", tmp_path / "site"
    reference = "# R\n\nThe names.\n\n::: m.T\n    options:\n      members: false\n\n::: m.f\n"
    for name, text in {"index.md": "# T\n\nIt waits.\n", "reference/r.md": reference}.items():
        for folder in (pages, site):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (pages / name).write_text(text, "utf-8")
    nav = [{"T": "index.md"}, {"Reference": [{"R": "reference/r.md"}]}]
    llms.write(site, pages, {"site_name": "t", "site_description": "d", "nav": nav})
    made = "# R\n\nThe names.\n\n- [`m.T`](r.html#m.T)\n\n- [`m.f`](r.html#m.f)\n"
    assert made == (site / "reference/r.md").read_text("utf-8")
    assert f"# T\n\nIt waits.\n\n---\n\n{made}" == (site / "llms-full.txt").read_text("utf-8")
    listed = (site / "llms.txt").read_text("utf-8")
    assert ["- [T](index.md): It waits.", "- [R](reference/r.html): The names."] == re.findall("(?m)^- .*$", listed)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"<p>{tuple.__doc__.splitlines()[0]}</p>", "what Python says of a type"),
        ("<p>Raises:\n    OSError: it is open.</p>", "a list as plain text"),
        ("<p>docs/watch.md has more.</p>", "the name of a file for a page"),
    ],
)
def test_what_no_page_of_the_reference_should_show_is_named(built, text, fault):
    """What comes out if a docstring is not read as it was written."""
    (built / "reference").mkdir()
    (built / "reference" / "a.html").write_text(text, "utf-8")
    assert [f"reference/a.html shows {fault}"] == problems(built)
