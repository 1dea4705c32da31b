"""PromptForge as data: the call that reports a job, the meaning of each status, the vendor's advice on polling."""

from jobwait.promptforge.handle import PromptForgeJob
from jobwait.service import (
    JobState,
    PollingDefaults,
    Progress,
    RetryRule,
    SerialQueue,
    Service,
    StatusMap,
    connector,
    identifier,
)
from promptforge_client import AuthenticatedClient
from promptforge_client.api.jobs import get_job_status
from promptforge_client.models import JobStatus

AWAITING_UPLOAD = "AWAITING_UPLOAD"


def _progress(snapshot: JobStatus) -> Progress | None:
    """Prompts done, of all. None while both counts are null: the published server has no counts until the end."""
    counts = [count for count in (snapshot.completed_count, snapshot.failed_count) if count is not None]
    return Progress(sum(counts), snapshot.prompt_count) if counts else None


SERVICE: Service[AuthenticatedClient, JobStatus] = Service(
    name="promptforge",
    poll=lambda client, ids: get_job_status.build(client, ids["job_id"]),
    parse=get_job_status.parse,
    job_id_of=lambda snapshot: snapshot.job_id,
    status=lambda snapshot: str(snapshot.status),
    statuses=StatusMap(
        queued={AWAITING_UPLOAD, "PENDING", "QUEUED"},
        running={"PROCESSING"},
        succeeded={"COMPLETED"},  # even if prompts failed: the counts say how many
        failed={"FAILED"},
        canceled={"CANCELLED"},
    ),
    progress=_progress,
    size=lambda snapshot: snapshot.prompt_count,
    has_queue_phase=True,
    # PromptForge's documentation: poll every 5 to 10 s. The timeout of a day is ours: jobs may queue for hours.
    defaults=PollingDefaults(timeout=86400.0, interval=5.0, first_interval=5.0),
    # The server runs one job of a client at a time, in the order in which they were created.
    serial_queue=SerialQueue(
        waiting=frozenset({"PENDING"}),
        running=frozenset({"QUEUED", "PROCESSING"}),
        place=lambda snapshot: snapshot.created_at,
    ),
    retry=RetryRule(error_field="detail"),
    link_hosts=("storage.googleapis.com",),
    key_variable="PROMPTFORGE_API_KEY",
    url_variable="PROMPTFORGE_BASE_URL",
    handle=PromptForgeJob,
)


connect = connector(AuthenticatedClient, SERVICE)


def job(client: AuthenticatedClient, job_id: str) -> PromptForgeJob:
    """The handle on the PromptForge job *job_id*; nothing is sent. Raises InvalidInput if job_id cannot be an id."""
    return PromptForgeJob(JobState(SERVICE, client, {"job_id": identifier("job_id", job_id)}))
