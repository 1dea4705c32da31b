"""
A FastAPI application that accepts a tour, waits for its plan in the background, and returns it on request.

    uvicorn web_endpoint:app
    curl -d @tour.json -H 'content-type: application/json' localhost:8000/tours
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request

from jobwait import Job, fryte
from jobwait.errors import InvalidInput

jobs: dict[str, Job[Any]] = {}
waits: dict[str, asyncio.Task[Any]] = {}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """One client for the life of the server; remaining waits end with it, and their jobs run on."""
    async with fryte.connect() as client:
        app.state.client = client
        yield
        for wait in waits.values():
            wait.cancel()
        await asyncio.gather(*waits.values(), return_exceptions=True)


app = FastAPI(lifespan=lifespan)


@app.post("/tours", status_code=202)
async def submit(request: Request) -> dict[str, str]:
    """Submit a tour; the response has the id of its job."""
    try:
        job = await fryte.submit_async(app.state.client, await request.json())
    except InvalidInput as error:
        raise HTTPException(422, str(error)) from error
    jobs[job.id] = job
    waits[job.id] = asyncio.create_task(job.outcome_async())
    return {"job_id": job.id}


@app.get("/tours/{job_id}")
async def status(job_id: str) -> dict[str, Any]:
    """The state of the job; once it has ended, the plan."""
    if job_id not in jobs:
        raise HTTPException(404, "No such job.")
    if not waits[job_id].done():
        return {"state": "running"}
    outcome = waits[job_id].result()
    if outcome.state != "succeeded":
        return {"state": outcome.state, "why": str(outcome.error)}
    plan = await jobs[job_id].result_async()  # type: ignore[attr-defined]
    return {"state": outcome.state, "plan": plan.to_dict()}
