"""PromptForge: the Service of its declaration."""

import promptforge_client
from jobwait.promptforge.handle import PromptForgeJob
from jobwait.service import JobState, Service, connector, declared, identifier
from promptforge_client import AuthenticatedClient
from promptforge_client.api.jobs import get_job_status
from promptforge_client.models import JobStatus

AWAITING_UPLOAD = "AWAITING_UPLOAD"

SERVICE: Service[AuthenticatedClient, JobStatus] = declared(promptforge_client, get_job_status, handle=PromptForgeJob)


connect = connector(AuthenticatedClient, SERVICE)


def job(client: AuthenticatedClient, job_id: str) -> PromptForgeJob:
    """The handle on the PromptForge job *job_id*; nothing is sent. Raises InvalidInput if job_id cannot be an id."""
    return PromptForgeJob(JobState(SERVICE, client, {"job_id": identifier("job_id", job_id)}))
