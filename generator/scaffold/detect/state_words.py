"""What status words of services usually mean: a vocabulary, and rules for words that are made of several."""

import re

# Status words of services by job state; compared without case, spaces, hyphens and underscores.
VOCABULARY = {
    "queued": """accepted allocated assigned awaiting awaitingupload blocked created deferred delayed draft enqueued
        held initialized initializing inqueue initial new notstarted onhold open paused pending pendingvalidation
        planned preparing queue queued queueing received registered requested reserved scheduled starting
        submitted suspended throttled upforreschedule upforretry validating wait waiting""",
    "running": """active analyzing analysing building busy canceling cancelling computing converting downloading
        executing exporting fetching finalizing finishing importing inprocess inprogress ongoing processing
        progressing rendering requiresaction restarting retry retrying run running saving sensing started stopping
        syncing terminating training transcoding transcribing uploading working""",
    "succeeded": """available built complete completed completedwitherrors completedwithwarnings converted deployed
        done encoded ended exported finished finishedwithwarnings generated imported ok partial partiallycompleted
        partiallysucceeded passed processed published ready readyfordownload rendered succeeded success successful
        succeededwithwarnings trained transcoded transcribed""",
    "failed": """abandoned abort aborted broken crashed dead declined err error errored errors exception expired fail
        failed failure failures fault faulted infected infrastructurefail invalid killed notfound outofmemory overquota
        rejected stalled terminated timedout timeout unsuccessful upstreamfailed""",
    "canceled": """cancel cancelled canceled cancellation deleted discarded dropped removed revoked skipped stopped
        userstopped""",
}
STATE_OF = {word: state for state, words in VOCABULARY.items() for word in words.split()}
FINAL = ("succeeded", "failed", "canceled")
# Values that are listed but that no service sends: they stand for a value that is missing or added later.
SENTINELS = ("unknownfuturevalue", "unspecified")  # the ends of such values
# A word with one of these parts does not say that something has happened: not_completed, to_be_completed, no_error.
NEGATIONS = frozenset(
    [
        *("abnormal", "abnormally", "about", "almost", "anticipated", "anticipates", "barely", "be", "before", "can"),
        *("cannot", "could", "early", "estimated", "eventually", "expected", "expects", "far", "for", "free", "half"),
        *("hardly", "lacks", "likely", "may", "maybe", "might", "minus", "missing", "must", "nearly", "never", "no"),
        *("non", "not", "nothing", "planned", "possibly", "potential", "potentially", "pre", "prematurely", "probably"),
        *("semi", "should", "soon", "target", "todo", "unable", "until", "will", "without", "would", "yet"),
    ]
)
CONTRACTED = re.compile("(ai|are|ca|could|did|do|does|had|has|have|is|must|need|should|was|were|wo|would)nt?")  # isn't
# What follows one of these has not happened yet: pending_completion.
AWAITED = frozenset(["awaiting", "needs", "pending", "requires", "scheduled", "waiting"])
NEGATING = ("dis", "in", "non", "not", "tobe", "un")  # prefixes: incomplete, unfinished, notcompleted
PARTICIPLE = re.compile(r"[a-z]{2,}ing")
NOT_PARTICIPLES = frozenset(
    ["existing", "missing", "nothing", "outstanding", "pricing", "rating", "something", "string", "warning"]
)
AGAIN = frozenset(["restarting", "retry", "retrying"])
NOISE = frozenset(
    [
        *("all", "and", "been", "batch", "has", "is", "job", "of", "operation", "phase", "run", "state", "status"),
        *("task", "the", "was", "with"),
    ]
)


def state_of(word: str) -> str | None:
    """
    The job state that the status *word* usually means; None if that is unknown, as for each negated word.

    A compound word has the state of its last known part, unless one that waits comes first, or one that failed does.
    """
    plain, parts = _plain(word), _parts(word)
    if plain in STATE_OF:
        return STATE_OF[plain]
    if parts and parts[0] in AWAITED:
        return "queued"
    if _is_negated(plain, parts):
        return None
    if "being" in parts or (len(parts) == 1 and _is_participle(plain)):
        return "running"
    return _state_of_parts(parts)


def is_sentinel(word: str) -> bool:
    """Whether *word* is listed for values to come, such as `unknownFutureValue`, and never sent."""
    return _plain(word).endswith(SENTINELS)


def is_known(word: str) -> bool:
    """Whether *word* as a whole is in the vocabulary."""
    return _plain(word) in STATE_OF


def is_stage(word: str) -> bool:
    """Whether *word* names what has happened beside a known end, as `validation_completed` does: maybe a stage only."""
    known = {part for part in _parts(word) if part in STATE_OF} | NOISE
    return not is_known(word) and bool(set(_parts(word)) - known)


def _state_of_parts(parts: list[str]) -> str | None:
    states = [STATE_OF.get(part) or ("running" if _is_participle(part) else None) for part in parts]
    known = [state for state in states if state]
    if not known:
        return None
    if known[0] == "failed" and known[-1] == "running" and parts[-1] not in AGAIN:  # error_converting: before or after?
        return None
    if "to" in parts:  # failed_to_complete, but not ready_to_complete
        return "failed" if "failed" in known and states.index("failed") < parts.index("to") else None
    if {"succeeded", "failed"} <= set(known):  # success_with_errors, but not complete_failure
        return "succeeded" if "with" in parts else "failed"
    return known[-1]


def _is_negated(plain: str, parts: list[str]) -> bool:
    prefixed = any(
        part.startswith(prefix) and part.removeprefix(prefix) in STATE_OF
        for part in (plain, *parts)
        for prefix in NEGATING
        if part not in STATE_OF
    )
    return prefixed or bool(NEGATIONS & set(parts)) or any(map(CONTRACTED.fullmatch, parts))


def _is_participle(part: str) -> bool:
    return PARTICIPLE.fullmatch(part) is not None and part not in NOT_PARTICIPLES


def _plain(word: str) -> str:
    return re.sub(r"[^a-z]", "", word.lower())


def _parts(word: str) -> list[str]:
    """The words in *word*, in lower case; two that are one of the vocabulary are one: `in`, `progress`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word)
    parts: list[str] = []
    for part in filter(None, re.split(r"[^a-z]+", spaced.lower())):
        if parts and parts[-1] + part in STATE_OF:
            parts[-1] += part
        else:
            parts.append(part)
    return parts
