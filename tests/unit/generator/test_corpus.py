"""The run over real documents, on archives and documents that are made here: samples, verdicts and the report."""

import base64
import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path

import pytest
from benchmarks.corpus import archive
from benchmarks.corpus.archive import PACKAGE, NoCorpus, unpack, unpacked, verify
from benchmarks.corpus.documents import VENDORS, Document, job_apis, names_in, sample, shuffled
from benchmarks.corpus.report import Row, good, section, with_section
from benchmarks.corpus.trial import Run, Trial, Verdict, judged, judged_stock, run

NAMES = [f"p{number % 7}/api{number}.json" for number in range(50)]
OPENAPI = {"openapi": "3.0.0", "paths": {"/x": {"get": {}, "post": {}, "parameters": []}}}


def packed(path, *members, **links):
    """An archive with these files, each its name and text, and these links."""
    with tarfile.open(path, "w:gz") as tar:
        for name, text in members:
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
        for name, target in links.items():
            info = tarfile.TarInfo(f"package/api/{name}.json")
            info.type, info.linkname = tarfile.SYMTYPE, target
            tar.addfile(info)
    return path


def test_a_seed_gives_one_order_and_a_small_sample_begins_a_large_one():
    """In whatever order the files are found."""
    assert shuffled(NAMES, 7) == shuffled(list(reversed(NAMES)), 7)
    assert sorted(NAMES) == sorted(shuffled(NAMES, 7))
    assert shuffled(NAMES, 7) != shuffled(NAMES, 8)


def test_one_a_provider_takes_no_two_of_one():
    """The first part of a name is its provider, with or without a folder."""
    chosen = shuffled([*NAMES, "p0.json", "alone.json"], 7, one_a_provider=True)

    assert [*(f"p{number}" for number in range(7))] == sorted({one.split("/")[0].split(".")[0] for one in chosen})[1:]
    assert 8 == len(chosen)


def test_a_sample_passes_over_what_is_no_openapi_3_document(tmp_path):
    """Swagger 2, text that does not parse and other files are not counted; the others have size and operations."""
    (tmp_path / "a").mkdir()
    for name, text in {
        "a/one.json": json.dumps(OPENAPI),
        "swagger.json": json.dumps({"swagger": "2.0"}),
        "broken.json": "{",
        "list.json": "[]",
        "two.yml": "openapi: 3.1.0\n",
        "words.txt": "",
    }.items():
        (tmp_path / name).write_text(text)

    names = names_in(tmp_path)
    found = list(sample(tmp_path, names, 10))

    assert ["a/one.json", "broken.json", "list.json", "swagger.json", "two.yml"] == names
    assert [("a/one.json", 2), ("two.yml", 0)] == [(one.name, one.operations) for one in found]
    assert found[:1] == list(sample(tmp_path, names, 1))


def test_the_job_apis_are_those_of_both_packages(tmp_path):
    """In their order; one that a package no longer has is passed over."""
    for folder, name in (("one", "box.com.json"), ("two", "openai/azure/openapi.json"), ("two", "other.json")):
        (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / name).write_text(json.dumps(OPENAPI))

    found = job_apis({PACKAGE: tmp_path / "one", VENDORS: tmp_path / "two"})
    assert ["openai/azure/openapi.json", "box.com.json"] == [one.name for one in found]


def test_only_plain_json_files_below_the_documents_folder_are_unpacked(tmp_path):
    """Links, ways out and other files stay in the archive."""
    tar = packed(
        tmp_path / "x.tgz",
        ("package/api/a.json", "{}"),
        ("package/api/b/c.json", "[]"),
        ("package/api/../../../out.json", "{}"),
        ("package/api/run.js", "x"),
        ("/etc/d.json", "{}"),
        link="/etc/passwd",
    )
    unpack(tar, tmp_path / "into" / "folder")

    written = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert ["into/folder/a.json", "into/folder/b/c.json", "x.tgz"] == sorted(written)


def test_an_archive_that_is_too_large_leaves_no_folder(tmp_path, monkeypatch):
    """So the next run does not take a part for the whole."""
    monkeypatch.setattr(archive, "MAX_BYTES", 10)
    tar = packed(tmp_path / "x.tgz", ("package/api/a.json", "{}"), ("package/api/b.json", "[" * 20))

    with pytest.raises(NoCorpus, match="more than 10 bytes"):
        unpack(tar, tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_an_archive_of_another_hash_is_removed_and_said(tmp_path):
    """The right one stays."""
    file = tmp_path / "x.tgz"
    file.write_bytes(b"x")
    right = f"sha512-{base64.b64encode(hashlib.sha512(b'x').digest()).decode()}"

    verify(file, right)
    with pytest.raises(NoCorpus, match=r"x\.tgz has the hash sha512-.* is pinned; it was removed"):
        verify(file, f"sha512-{'A' * 88}")
    assert not file.exists()


def test_without_npm_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    """Nothing is written."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NoCorpus, match=r"npm is not on PATH.*install Node\.js"):
        unpacked(tmp_path / "cache")
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("done", "verdict", "told", "sentence"),
    [
        (Run(0, "x was made.", ""), Verdict.MADE, 0, ""),
        (Run(0, "x was made. 1 thing kept plain; the", ""), Verdict.MADE, 1, ""),
        (Run(0, "x was made. 23 things kept plain; the", "a warning"), Verdict.MADE, 23, ""),
        (
            Run(1, "", "It has no operations.\n  at /paths\n  more"),
            Verdict.REFUSED,
            0,
            "It has no operations. at /paths",
        ),
        (Run(1, "", "The new clients have type errors:\n  a.py:1: x"), Verdict.FAULTY, 0, None),
        (Run(1, "", "The new clients cannot be imported: SyntaxError"), Verdict.FAULTY, 0, None),
        (Run(1, "", "codegen.py failed at something in this document: KeyError('x')."), Verdict.CRASHED, 0, None),
        (Run(1, "", "Traceback (most recent call last):\n  x\nKeyError: 'x'"), Verdict.CRASHED, 0, "KeyError: 'x'"),
        (Run(1, "", ""), Verdict.CRASHED, 0, "exit status 1"),
        (Run(2, "", "usage: codegen.py"), Verdict.CRASHED, 0, "usage: codegen.py"),
        (Run(-9, "", ""), Verdict.CRASHED, 0, "exit status -9"),
        (Run(None, "", ""), Verdict.TIMED_OUT, 0, "no end within 120 s"),
    ],
)
def test_what_codegen_says_is_judged(done, verdict, told, sentence):
    """A refusal is a sentence about the document; what is our fault is none."""
    found = judged(done)

    assert (verdict, told) == (found.verdict, found.told)
    assert sentence is None or sentence == found.sentence


def test_what_stock_says_is_judged():
    """It leaves with 0 though it left parts out, and draws a frame around a traceback."""
    partial = "Warning(s) encountered\nWARNING parsing GET /a within x.\n\nUnable to process schema /components/y:\n"

    assert (Verdict.MADE, 2) == (judged_stock(Run(0, partial, "")).verdict, judged_stock(Run(0, partial, "")).told)
    assert Verdict.CRASHED is judged_stock(Run(1, "", "╭── Traceback (most recent call last) ──╮\nKeyError")).verdict
    assert Verdict.REFUSED is judged_stock(Run(1, "", "Error(s) encountered")).verdict
    assert Verdict.TIMED_OUT is judged_stock(Run(None, "", "")).verdict


def test_a_process_that_does_not_end_is_killed():
    """What one that ends wrote is kept, as is its CPU time."""
    stuck = run([sys.executable, "-c", "while True: pass"], 0.1)
    ended = run([sys.executable, "-c", "import sys; print('a'); sys.exit('b')"], 60)

    assert stuck.status is None
    assert (1, "a\n", "b\n") == (ended.status, ended.out, ended.err)
    assert 0 < ended.cpu


def row(name, ours, stock=None):
    """A row of the report."""
    return Row(Document(name, Path(name), 12, 3), ours, stock)


def test_the_report_has_sums_the_median_of_pairs_and_a_row_for_each_document():
    """What was not made comes first, with its sentence."""
    rows = [
        row("a.json", Trial(Verdict.MADE, 2, 9.0, 12.0), Trial(Verdict.MADE, 0, 3.0, 4.0)),
        row("b.json", Trial(Verdict.MADE, 0, 9.0, 4.0), Trial(Verdict.FAULTY, 7, 3.0, 2.0, "a | b")),
        row(
            "c.json", Trial(Verdict.REFUSED, 0, 1.0, 1.0, "No operations."), Trial(Verdict.CRASHED, 0, 1.0, 1.0, "`K`")
        ),
    ]
    text = section("Title", rows)

    assert text.startswith("## Title\n\n| ")
    assert "| ours | 2 | 1 | 0 | 0 | 0 | 1 | 2 | 8.0 | 11.6 |" in text
    assert "| stock | 1 | 0 | 1 | 1 | 0 | 1 | 7 | 3.0 | 3.9 |" in text
    assert "took 2.5 times stock's" in text
    assert [
        "| `c.json` | 12 | 3 | refused: No operations. |  | 1.0 | crashed: 'K' |  | 1.0 |",
        "| `a.json` | 12 | 3 | made | 2 | 12.0 | made | 0 | 4.0 |",
        "| `b.json` | 12 | 3 | made | 0 | 4.0 | faulty: a \\| b | 7 | 2.0 |",
    ] == text.rstrip().splitlines()[-3:]


def test_a_section_replaces_the_one_of_its_name():
    """Others stay where they are, and the text before them is written anew."""
    first = with_section("", "## a\n\none\n")
    both = with_section(first, "## b\n\ntwo\n")
    again = with_section(both, "## a\n\nthree\n")

    assert again.startswith("# Real documents\n")
    assert ["## a\n\nthree\n\n", "## b\n\ntwo\n"] == [f"## {part}" for part in again.split("## ")[1:]]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([Verdict.MADE] * 97 + [Verdict.REFUSED] * 3, True),
        ([Verdict.MADE] * 96 + [Verdict.REFUSED] * 4, False),
        ([Verdict.MADE] * 99 + [Verdict.FAULTY], False),
        ([Verdict.MADE] * 99 + [Verdict.CRASHED], False),
        ([Verdict.MADE] * 99 + [Verdict.TIMED_OUT], False),
        ([Verdict.MADE] * 10, True),
    ],
)
def test_a_sample_is_good_if_97_of_100_are_made_and_the_others_refused(verdicts, expected):
    """A fault of ours is never good."""
    assert expected is good([row("x", Trial(verdict)) for verdict in verdicts])
