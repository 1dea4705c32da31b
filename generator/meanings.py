"""Meanings: what each kind of change is to a caller, as a table. docs/changes.md compares it with a server's view."""

from dataclasses import dataclass
from enum import IntEnum


class Verdict(IntEnum):
    """How bad a change is; the worst one counts."""

    HARMLESS = 0
    RISKY = 1
    BREAKING = 2


@dataclass(frozen=True)
class Meaning:
    """What a kind of change is to a caller, and why."""

    verdict: Verdict
    reason: str
    adds: bool = False  # whether the clients can do more afterwards: a minor version


H, R, B = Verdict
MEANINGS: dict[str, Meaning] = {
    # operations
    "operation added": Meaning(H, "nobody calls it yet", adds=True),
    "operation removed": Meaning(B, "its module is gone, and so is what it called"),
    "operation renamed": Meaning(B, "its module has another name"),
    "operation moved to another tag": Meaning(B, "its module lies in another folder"),
    "operation deprecated": Meaning(R, "it warns at each call and may go"),
    "operation no longer deprecated": Meaning(H, "it does not warn any more"),
    # parameters
    "optional parameter added": Meaning(H, "calls without it mean what they meant", adds=True),
    "required parameter added": Meaning(B, "calls without it are refused"),
    "parameter removed": Meaning(B, "calls that pass it fail"),
    "parameter became required": Meaning(B, "calls without it are refused"),
    "parameter became optional": Meaning(H, "calls that pass it still work"),
    "path parameter renamed": Meaning(B, "its argument has another name; what is sent is the same"),
    "parameter deprecated": Meaning(R, "it may go"),
    # bodies
    "required body added": Meaning(B, "calls without it are refused"),
    "optional body added": Meaning(H, "calls without it still work", adds=True),
    "body removed": Meaning(B, "calls that pass one fail"),
    "body became required": Meaning(B, "calls without it are refused"),
    "body became optional": Meaning(H, "calls that pass it still work"),
    "kind of body added": Meaning(H, "what was sent is still taken", adds=True),
    "kind of body removed": Meaning(B, "what was sent is not taken any more"),
    # answers
    "success added": Meaning(B, "the call may give another type"),
    "success without content added": Meaning(B, "the call may give None"),
    "success removed": Meaning(B, "an answer that was read is an error now"),
    "documented fault added": Meaning(H, "it is a subclass of what was raised for it before", adds=True),
    "documented fault removed": Meaning(B, "its class is gone from errors.py"),
    "kind of answer added": Meaning(R, "an answer may come in a form that the client does not read"),
    "kind of answer removed": Meaning(B, "answers are read in another way"),
    # models
    "model added": Meaning(H, "nobody uses it yet", adds=True),
    "model removed": Meaning(B, "its class is gone"),
    # fields that callers send
    "sent: optional field added": Meaning(H, "bodies without it mean what they meant", adds=True),
    "sent: required field added": Meaning(B, "bodies without it are refused"),
    "sent: field removed": Meaning(B, "code that gives it fails"),
    "sent: field became required": Meaning(B, "bodies without it are refused"),
    "sent: field became optional": Meaning(H, "bodies with it still work"),
    "sent: type changed": Meaning(B, "values that were right are refused"),
    "sent: type widened": Meaning(H, "values that were right still are", adds=True),
    "sent: type narrowed": Meaning(B, "some values that were right are refused"),
    "sent: may be null now": Meaning(H, "other values still work", adds=True),
    "sent: may not be null any more": Meaning(B, "a null is refused"),
    "sent: enum value added": Meaning(H, "the other values still work", adds=True),
    "sent: enum value removed": Meaning(B, "a value that was right is refused"),
    "sent: enum instead of text": Meaning(B, "only listed values are right"),
    "sent: text instead of enum": Meaning(B, "the class of the enum is gone"),
    "sent: limits changed": Meaning(R, "values that were right may be refused"),
    "sent: default changed": Meaning(R, "a call without it means something else"),
    "sent: discriminator changed": Meaning(R, "models are told apart in another way"),
    # fields that callers read
    "read: optional field added": Meaning(H, "it was kept among the additional fields before", adds=True),
    "read: required field added": Meaning(R, "an answer without it does not decode; an older server may not send it"),
    "read: field removed": Meaning(B, "code that reads it fails"),
    "read: field became required": Meaning(R, "an answer without it does not decode any more"),
    "read: field became optional": Meaning(B, "code that reads it may find UNSET"),
    "read: type changed": Meaning(B, "code that reads it finds another type"),
    "read: type widened": Meaning(B, "code that reads it may find another type"),
    "read: type narrowed": Meaning(R, "old data may hold what does not decode any more"),
    "read: may be null now": Meaning(B, "code that reads it may find None"),
    "read: may not be null any more": Meaning(R, "a null does not decode any more"),
    "read: enum value added": Meaning(R, "it decodes, as enums are open, but no code knows what it means"),
    "read: enum value removed": Meaning(B, "its member is gone from the enum"),
    "read: enum instead of text": Meaning(H, "a member is a string", adds=True),
    "read: text instead of enum": Meaning(B, "the class of the enum is gone"),
    "read: limits changed": Meaning(H, "answers are not held to limits"),
    "read: default changed": Meaning(R, "an absent field means something else"),
    "read: discriminator changed": Meaning(R, "models are told apart in another way"),
    # security, servers, words
    "key needed": Meaning(B, "calls without a key are refused"),
    "key not needed any more": Meaning(H, "a key does no harm"),
    "key sent in another way": Meaning(B, "keys are looked for in another place"),
    "server changed": Meaning(R, "requests go to another address"),
    "words changed": Meaning(H, "text only"),
}


@dataclass(frozen=True)
class Change:
    """One change: its kind, a row of MEANINGS; where; from what to what; and the operations that it concerns."""

    kind: str
    place: str
    detail: str = ""
    operations: tuple[str, ...] = ()

    @property
    def meaning(self) -> Meaning:
        """What it is to a caller."""
        return MEANINGS[self.kind]
