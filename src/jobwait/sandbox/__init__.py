"""
A local simulation of Freeplay, FRYTE and PromptForge.

It serves real HTTP on loopback, checks API keys and input as the services do, and simulates their jobs from start to
end, only faster:

    with Sandbox(speed=60) as box:
        client = AuthenticatedClient(base_url=box.promptforge.url, token=box.promptforge.key)

PromptForge behaves as its published server does, whose input checks, null counts and queue differ from what is
documented; `Sandbox(promptforge_mode="docs")` behaves as documented. It has two clients, with `key` and `other_key`,
which do not see each other's jobs.

The input of a job chooses how it ends:

=========== ============================================ =====================================================
service     input                                        result
=========== ============================================ =====================================================
freeplay    anything                                     completed; 4 steps with tests, 1 without
freeplay    user_instructions has the word sandbox-fail  failed, with an error_message
freeplay    … the word sandbox-cancel                    cancelled, as it also is by its cancel operation
freeplay    … the word sandbox-fault                     status answers 500 during the first step
fryte       anything                                     succeeded
fryte       battery_level_start 0.1 and 60 km to go      not_drivable, battery_depleted_mid_route
fryte       a long tour and poi_info.min_kW over 1000    not_drivable, no_chargers_available
fryte       vehicle_id 000000000001                      failed
fryte       vehicle_id 000000000002                      canceled
fryte       vehicle_id 000000000003                      status answers 502 while the job runs
fryte       vehicle_id 000000000004                      optimization_id null until the job has ended
fryte       vehicle_id 000000000005, 000000000006        responses as in the documentation's samples, current and
                                                     older ones: no message, and results without identifiers
fryte       vehicle_id 000000000007                      the submission is accepted, its response names no job
fryte       vehicle_id 000000000404                      404 at once, as for an unknown vehicle
promptforge any prompts                                  COMPLETED
promptforge a prompt with the word sandbox-fail in it    that prompt fails, the job is COMPLETED
promptforge no valid prompt; in "server" mode an id must FAILED as soon as it is uploaded
            be an integer: 7, 7.0, "+7", not "p7"
promptforge a line that is no object with prompt_id and  FAILED in the middle of the run
            prompt, or begins with a byte order mark;
            "server" mode
promptforge half of a surrogate pair in a prompt,        that prompt fails, and does not count as valid
            "server" mode
promptforge an empty file                                COMPLETED without files; in "docs" mode at once
promptforge model sandbox-fail                           FAILED in the middle of the run
promptforge model sandbox-cancel                         CANCELLED; "docs" mode only, the server never does it
promptforge model sandbox-stuck                          PROCESSING for ever, later jobs PENDING for ever
promptforge model sandbox-fault                          status and results answer 500 while QUEUED
promptforge model sandbox-cold                           QUEUED for nine minutes, as without a running machine
promptforge model sandbox-quick                          COMPLETED in a second, without a queue
=========== ============================================ =====================================================

With the API key sandbox-key-store-down the published PromptForge answers 500. FRYTE makes a plan without a job at once.
All its jobs belong to user 1. A sandbox shares the process of its caller; for load tests, run `jobwait sandbox` in a
separate process.
"""

try:
    from jobwait.sandbox.request_counts import ServiceStats
    from jobwait.sandbox.sandbox import Address, Sandbox
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] not in {"starlette", "uvicorn"}:
        raise
    fact = "jobwait.sandbox needs packages that are not installed: pip install 'jobwait[sandbox]'"
    raise ModuleNotFoundError(fact, name=error.name) from None

__all__ = ["Address", "Sandbox", "ServiceStats"]
