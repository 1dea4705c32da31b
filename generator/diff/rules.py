"""The rules that decide whether a change is breaking, risky or harmless for callers; docs/changes.md explains them."""

from dataclasses import dataclass
from enum import IntEnum


class Verdict(IntEnum):
    """How bad a change is; that of several changes is the highest."""

    HARMLESS = 0
    RISKY = 1
    BREAKING = 2


@dataclass(frozen=True)
class Rule:
    """The verdict on one kind of change, and the reason."""

    verdict: Verdict
    reason: str
    adds: bool = False  # whether the client has a new feature, which makes a minor version


WORDS = "descriptions changed"  # the kind of change that concerns readers only
H, R, B = Verdict
RULES: dict[str, Rule] = {
    # operations
    "operation added": Rule(H, "nobody calls it yet", adds=True),
    "operation removed": Rule(B, "its module is removed, and the service no longer has it"),
    "operation renamed": Rule(B, "its module has another name"),
    "operation moved to another tag": Rule(B, "its module is in another folder"),
    "operation deprecated": Rule(R, "it warns at each call and may be removed"),
    "operation no longer deprecated": Rule(H, "it no longer warns"),
    "path changed": Rule(R, "requests go to another path"),
    "method changed": Rule(R, "requests are sent with another method"),
    # parameters
    "optional parameter added": Rule(H, "calls without it mean what they meant", adds=True),
    "required parameter added": Rule(B, "calls without it are refused"),
    "parameter removed": Rule(B, "calls that pass it fail"),
    "parameter became required": Rule(B, "calls without it are refused"),
    "parameter became optional": Rule(H, "calls that pass it still work"),
    "path parameter renamed": Rule(B, "its argument has another name; what is sent is the same"),
    "header parameter renamed": Rule(B, "its argument has another name; what is sent is the same"),
    "argument renamed": Rule(B, "another parameter has its name too, or had: a call that names it fails"),
    "path parameters in another order": Rule(B, "a call that passes them by position sends one in the other's place"),
    "parameter deprecated": Rule(R, "it may be removed"),
    "parameter no longer deprecated": Rule(H, "nothing else changes"),
    "parameter sent in another form": Rule(B, "the service reads what was sent in another way"),
    # bodies
    "required body added": Rule(B, "calls without it are refused"),
    "optional body added": Rule(H, "calls without it still work", adds=True),
    "body removed": Rule(B, "calls that pass one fail"),
    "body became required": Rule(B, "calls without it are refused"),
    "body became optional": Rule(H, "calls that pass it still work"),
    "kind of body added": Rule(H, "what was sent is still accepted", adds=True),
    "kind of body removed": Rule(B, "what was sent is no longer accepted"),
    "body sent as another content type": Rule(R, "the call is the same; what is sent says that it is something else"),
    "field of a form sent in another form": Rule(B, "the service reads what was sent in another way"),
    # answers
    "success added": Rule(B, "the call may give another type"),
    "success without content added": Rule(B, "the call may give None"),
    "success removed": Rule(B, "an answer that was read is an error now"),
    "code of a success added": Rule(H, "it is read as another one, whose content is the same"),
    "code of a success removed": Rule(R, "another one has the same content; with the old code the answer is an error"),
    "documented error added": Rule(H, "it is a subclass of what was raised for it before", adds=True),
    "documented error removed": Rule(B, "its class is removed from errors.py"),
    "error no longer documented": Rule(R, "it is raised as before; its content may not be read"),
    "content of an answer added": Rule(R, "the call gives it, where it gave None"),
    "answer sent as another content type": Rule(R, "it is read as before; the client asks for the new one"),
    "unread kind of answer removed": Rule(H, "the client reads another one"),
    "kind of answer added": Rule(R, "an answer may come in a form that the client does not read"),
    "kind of answer removed": Rule(B, "answers are read in another way"),
    # models
    "model added": Rule(H, "nobody uses it yet", adds=True),
    "model removed": Rule(B, "its class is removed"),
    # fields that callers send
    "sent: optional field added": Rule(H, "bodies without it mean what they meant", adds=True),
    "sent: required field added": Rule(B, "bodies without it are refused"),
    "sent: field removed": Rule(B, "code that gives it fails"),
    "sent: field became required": Rule(B, "bodies without it are refused"),
    "sent: field became optional": Rule(H, "bodies with it still work"),
    "sent: type changed": Rule(B, "values that were right are refused"),
    "sent: type widened": Rule(H, "values that were right still are", adds=True),
    "sent: type narrowed": Rule(B, "some values that were right are refused"),
    "sent: may be null now": Rule(H, "other values still work", adds=True),
    "sent: may not be null any more": Rule(B, "a null is refused"),
    "sent: enum value added": Rule(H, "the other values still work", adds=True),
    "sent: enum value removed": Rule(B, "a value that was right is refused"),
    "sent: enum instead of text": Rule(B, "only listed values are right"),
    "sent: text instead of enum": Rule(B, "the class of the enum is removed"),
    "sent: enum member renamed": Rule(B, "code that names the member fails"),
    "sent: class renamed": Rule(B, "code that imports it fails"),
    "sent: field renamed": Rule(B, "another field has its Python name too, or had: code that names it fails"),
    "sent: limits changed": Rule(R, "values that were right may be refused"),
    "sent: limits loosened": Rule(H, "values that were right still are"),
    "sent: default changed": Rule(R, "a call without it means something else"),
    "sent: discriminator changed": Rule(R, "models are distinguished in another way"),
    "sent: deprecated": Rule(R, "it may be removed"),
    "sent: no longer deprecated": Rule(H, "nothing else changes"),
    # fields that callers read
    "read: optional field added": Rule(H, "it was kept among the additional fields before", adds=True),
    "read: required field added": Rule(R, "an answer without it does not decode; an older server may not send it"),
    "read: field removed": Rule(B, "code that reads it fails"),
    "read: field became required": Rule(R, "an answer without it no longer decodes"),
    "read: field became optional": Rule(B, "code that reads it may find None or UNSET"),
    "read: type changed": Rule(B, "code that reads it finds another type"),
    "read: type widened": Rule(B, "code that reads it may find another type"),
    "read: type narrowed": Rule(R, "old data may contain values that no longer decode"),
    "read: may be null now": Rule(B, "code that reads it may find None"),
    "read: may not be null any more": Rule(R, "a null no longer decodes"),
    "read: enum value added": Rule(R, "it decodes, as enums are open, but no code knows what it means"),
    "read: enum value removed": Rule(B, "its member is removed from the enum"),
    "read: enum instead of text": Rule(H, "a member is a string", adds=True),
    "read: text instead of enum": Rule(B, "the class of the enum is removed"),
    "read: enum member renamed": Rule(B, "code that names the member fails"),
    "read: class renamed": Rule(B, "code that imports it fails"),
    "read: field renamed": Rule(B, "another field has its Python name too, or had: code that names it fails"),
    "read: limits changed": Rule(H, "answers are not checked against limits"),
    "read: limits loosened": Rule(H, "answers are not checked against limits"),
    "read: default changed": Rule(R, "an absent field means something else"),
    "read: discriminator changed": Rule(R, "models are distinguished in another way"),
    "read: deprecated": Rule(R, "it may be removed"),
    "read: no longer deprecated": Rule(H, "nothing else changes"),
    # security, servers, descriptions
    "key needed": Rule(B, "calls without a key are refused"),
    "key not needed any more": Rule(H, "a key is still accepted"),
    "key sent in another way": Rule(B, "the service expects keys in another place"),
    "key argument renamed": Rule(B, "the client's argument has another name"),
    "another key accepted": Rule(H, "the key that was sent is still accepted", adds=True),
    "other key preferred": Rule(R, "a client that was given both sends the other one"),
    "server no longer documented": Rule(B, "a client that is made without base_url is refused"),
    "server documented": Rule(H, "a client can be made without base_url"),
    "argument for the server added": Rule(H, "without it the default is sent"),
    "argument for the server removed": Rule(B, "code that passes it fails"),
    "value for the server removed": Rule(B, "a client that is made with it is refused"),
    "server changed": Rule(R, "requests go to another address"),
    WORDS: Rule(H, "text only"),
}


@dataclass(frozen=True)
class Change:
    """One change: its kind, a key of RULES; its place; old → new; and the operations that it concerns."""

    kind: str
    place: str
    detail: str = ""
    operations: tuple[str, ...] = ()

    @property
    def rule(self) -> Rule:
        """The rule for changes of this kind."""
        return RULES[self.kind]
