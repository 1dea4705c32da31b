"""The source of submit() in a new service module."""

from generator.python_names import field_name
from generator.scaffold.detect.response_fields import PATH
from generator.scaffold.detect.submit import SubmitOperation

GUESS = "# GUESS:"


def submit_code(
    handle: str, client: str, one: SubmitOperation, others: list[tuple[str, str, str]], id_name: str
) -> str:
    """The source for *one*; *others* are the ids except the job's own: name, expression and type of each."""
    given = [f"{python}: {kind}" for python, _, kind in others] + ([f"body: models.{one.body}"] if one.body else [])
    passed = [value for _, value, _ in others] + (["body=body"] if one.body else [])
    kept = ", ".join(f'"{python}": str({python})' for python, _, _ in others)
    return f'''
def _submit({", ".join([f"client: {client}", *given])}) -> Operation[{handle}]:
    """
    Start a job.

    Raises:
        SubmitUnconfirmed: the request was sent and its outcome is unknown; it is never sent again.
        CallFailed: the request failed or was refused.

    """
    ids: dict[str, str] = {{{kept}}}
    {GUESS} {one.operation["operationId"]} starts a job, and the field {".".join(one.id)} of its response identifies it.
    with Submission(SERVICE) as once:
        answer = yield from call(
            SERVICE, client, lambda: start.build({", ".join(["client", *passed])}), start.parse, once=once
        )
        ids["{id_name}"] = {_id_value(one, id_name)}
        return {handle}(JobState(SERVICE, client, ids, started=once.wall, submitted=True))


submit, submit_async = sync_and_async(_submit)
'''


def _id_value(one: SubmitOperation, id_name: str) -> str:
    """The expression of the id in the response; a response without one leaves the submission unconfirmed."""
    return f"str({chain(one.id, 'answer')})" if one.certain else f'identifier("{id_name}", {chain(one.id, "answer")})'


def chain(path: PATH, start: str) -> str:
    """The expression of a field, through objects that may be absent."""
    names = [field_name(name) for name in path]
    return " and ".join(".".join([start, *names[: index + 1]]) for index in range(len(names)))
