"""Which error statuses make a submission go out again by itself? Each comes once, after the job was made."""

from unittest.mock import patch

from cases.loopback import KEY, TOUR, UUID, Server, freeplay_body
from jobwait import freeplay, fryte, promptforge
from jobwait._polling.retry.classify import RetryDecision

CODES = (400, 403, 404, 408, 409, 410, 412, 417, 421, 423, 425, 429, 499, 500, 502, 503, 504)
LINK = {"upload_url": "", "expires_at": "2027-06-11T16:47:49Z"}
SERVICES = {
    "fryte": (fryte, {"job_id": "b", "tour_id": 1, "optimization_id": 2}, lambda client: fryte.submit(client, TOUR)),
    "promptforge": (
        promptforge,
        {"job_id": "b", **LINK},
        lambda client: promptforge.submit(client, [{"prompt_id": 1, "prompt": "x"}], provider="openai", model="m"),
    ),
    "freeplay": (
        freeplay,
        freeplay_body(),
        lambda client: freeplay.submit(client, "proj", prompt_template_version_id=UUID, dataset_id=UUID),
    ),
}


def trial(name, code):
    """Submit to a service whose first response is *code*; how many POSTs it took, and how that ended."""
    service, body, submit = SERVICES[name]
    posts = []

    def answer(method, _path, _headers):
        if method != "POST":
            return 200, b""
        posts.append(method)
        if len(posts) == 1:
            return code, {"detail": "x"}
        return 202, {**body, "upload_url": f"{server.url}/u"} if "upload_url" in body else body

    with Server(answer) as server, service.connect(KEY, base_url=server.url, request_timeout=3) as client:
        try:
            submit(client)
        except Exception as error:
            return f"{name}: {len(posts)} POSTs {type(error).__name__}"
        return f"{name}: {len(posts)} POSTs ok"


with patch.object(RetryDecision, "pause", lambda *_: 0.01):
    for code in CODES:
        print(code, "|", " | ".join(trial(name, code) for name in SERVICES))
