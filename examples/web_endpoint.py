"""
A FastAPI application that accepts a tour, tells how its job goes on in server-sent events, and returns its plan.

    python web_endpoint.py 8000
    curl -d @tour_hamburg_munich.json -H 'content-type: application/json' localhost:8000/tours
    curl -N localhost:8000/tours/JOB/events

A client that leaves ends the wait behind its events; the job runs on. Without FRYTE_API_KEY it talks to a sandbox.
"""

import json
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import StreamingResponse

from jobwait import fryte
from jobwait.errors import InvalidInput, JobNotFound, JobWaitError
from jobwait.sandbox import sandbox_without_key

jobs: dict[str, fryte.FryteJob] = {}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """One client for the life of the server."""
    async with fryte.connect() as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/tours", status_code=202)
async def submit(request: Request) -> dict[str, str]:
    """Submit a tour; the response has the id of its job."""
    try:
        job = await fryte.submit_async(app.state.client, await request.json())
    except InvalidInput as error:
        raise HTTPException(422, str(error)) from error
    jobs[job.id] = job
    return {"job_id": job.id}


@app.get("/tours/{job_id}/events")
async def events(job_id: str) -> StreamingResponse:
    """An event for each update of the job; the last has "terminal": true."""
    return StreamingResponse(stream(known(job_id)), media_type="text/event-stream")


async def stream(job: fryte.FryteJob) -> AsyncGenerator[str]:
    """Those events. They end with the job, or when the client leaves, which cancels the task of this generator."""
    try:
        async with aclosing(job.updates_async()) as updates:
            async for update in updates:
                yield f"event: {update.state}\ndata: {json.dumps(update.to_dict())}\n\n"
    finally:
        print(f"{job.id}: no more events", flush=True)


@app.get("/tours/{job_id}")
async def plan(job_id: str) -> dict[str, object]:
    """The plan of a job that has ended; 409 before."""
    try:
        return (await known(job_id).result_async()).to_dict()
    except InvalidInput as error:
        raise HTTPException(409, str(error)) from error
    except JobNotFound as error:
        raise HTTPException(404, str(error)) from error
    except JobWaitError as error:
        raise HTTPException(502, str(error)) from error


def known(job_id: str) -> fryte.FryteJob:
    """The handle of this process, or a new one for a job that was submitted elsewhere."""
    return jobs.get(job_id) or fryte.job(app.state.client, job_id)


if __name__ == "__main__":
    sandbox_without_key("fryte", speed=10)
    uvicorn.run(app, port=int((sys.argv[1:] or ["8000"])[0]), log_level="warning")
