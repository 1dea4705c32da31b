"""The command that is printed so that work can go on: the account that was typed, and any number of jobs."""

import pytest

from jobwait import promptforge
from jobwait.cli.going_on import say_how

MANY = 6


@pytest.fixture
def jobs():
    """So many jobs that their names do not fit on a line."""
    with promptforge.connect("k", base_url="http://127.0.0.1:9") as client:
        yield [promptforge.job(client, f"j-{number}") for number in range(MANY)]


@pytest.mark.usefixtures("_in_folder")
def test_the_names_of_many_jobs_are_in_a_file(jobs, capsys, tmp_path):
    """Each on a line, in a file whose name is new; the command reads it, and the names are not printed."""
    for number in (1, 2):
        say_how(jobs, ("may run on", "may run on"), " --profile work", timeout=90.0)
        again = f"jobwait wait - --profile work < jobwait-open-{number}.txt"
        assert (
            f"jobwait: {MANY} jobs may run on; their names are in jobwait-open-{number}.txt; "
            f"take them up again, for another 90 s, with: {again}\n"
        ) == capsys.readouterr().err
    names = [f"promptforge:j-{number}" for number in range(MANY)]
    assert names == (tmp_path / "jobwait-open-2.txt").read_text().splitlines()


@pytest.mark.usefixtures("_in_folder")
def test_names_that_cannot_be_written_are_printed_one_a_line(jobs, capsys, monkeypatch):
    """Never all of them in one line of a shell."""

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("jobwait.cli.going_on.write_text", refuse)
    say_how(jobs, ("runs on", "run on"), interrupted=True)
    first, *names = capsys.readouterr().err.splitlines()
    assert (
        f"jobwait: interrupted. {MANY} jobs run on; write their names, which follow, to a FILE and "
        "take them up again with: jobwait wait - < FILE"
    ) == first
    assert [f"promptforge:j-{number}" for number in range(MANY)] == names


@pytest.mark.usefixtures("_in_folder")
def test_a_key_from_stdin_leaves_the_names_to_the_shell(jobs, capsys):
    """Stdin cannot give both."""
    say_how(jobs, ("runs on", "run on"), " --key-stdin")
    assert "with: jobwait wait $(cat jobwait-open-1.txt) --key-stdin\n" in capsys.readouterr().err


def test_the_account_that_was_typed_is_in_the_command(shell):
    """File of the key, address and the time for a request; a timeout of 0 asks once, and is not repeated."""
    shell.folder.joinpath("key").write_text("secret")
    shell.folder.joinpath("key").chmod(0o600)
    account = ("--key-file", "key", "--base-url", "http://127.0.0.1:9", "--request-timeout", "1m")
    done = shell("wait", "promptforge:x", *account, "--timeout", "0")
    assert f"take it up again with: jobwait wait promptforge:x {' '.join(account)}\n" in done.stderr


@pytest.fixture
def _in_folder(tmp_path, monkeypatch):
    """The folder of the test is the current one."""
    monkeypatch.chdir(tmp_path)
