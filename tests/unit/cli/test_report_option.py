"""`--report`: a page beside the outcome."""

from support.shell import Shell, environment


def test_the_report_option_writes_a_page(box, ended, tmp_path):
    """--report leaves a page beside the outcome, also where jobs failed."""
    shell = Shell(tmp_path, environment(box))
    done = shell("wait", ended["fryte", "failed"], ended["freeplay", "succeeded"], "--report", "report.html")
    assert 1 == done.returncode
    assert 2 == (tmp_path / "report.html").read_text("utf-8").count('class="name"')
    assert 2 == shell("wait", ended["fryte", "failed"], "--report", "none/report.html").returncode
