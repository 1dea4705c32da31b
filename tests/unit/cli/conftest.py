"""A shell beside a sandbox."""

import pytest

from conftest import QUICK
from jobwait import freeplay, fryte, promptforge
from support.services import ROWS
from support.shell import Shell, environment

PAGES = {"freeplay": freeplay, "fryte": fryte, "promptforge": promptforge}


@pytest.fixture
def shell(box, tmp_path):
    """Commands run in an empty folder, with the sandbox's keys and addresses."""
    return Shell(tmp_path, environment(box))


@pytest.fixture(scope="session")
def ended(box):
    """For each service and ending, the name of a job that ended so."""
    from jobwait.cli.job_names import name_of

    names = {}
    for row in ROWS:
        address = getattr(box, row.name)
        with row.connect(address.key, base_url=address.url) as client:
            for ending, given in row.endings.items():
                job = row.submit(client, **given)
                assert ending == job.outcome(policy=QUICK).state
                names[row.name, ending] = str(name_of(job))
    return names
