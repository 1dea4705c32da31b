"""What an answer says of a job's state: rules over several fields, and the words of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

from jobwait._declared.vocabulary.answer_path import AnswerPath, first_of, paths
from jobwait._declared.vocabulary.fields import Fields, shown
from jobwait._httpx import httpx
from jobwait._model.status_map import MEANINGS, Meaning, StatusMap, StatusMeaning, plain_word
from jobwait.errors import InvalidInput

HTTP: Final = "$http"
_TESTS: Final = ("present", "above", "below", "all")
_LONGEST: Final = 100  # characters of a raw status that is made of several fields


class Condition(NamedTuple):
    """
    What the value at *path* must be (None: the status code of the response): one of *values*, or as *test* says.

    test: "present" (or not), "above" or "below" the number *than*; "all": each item has one of *values*.
    """

    path: AnswerPath | None
    values: tuple[Any, ...] = ()
    test: Literal["", "present", "above", "below", "all"] = ""
    than: Any = None

    @classmethod
    def of(cls, name: str, wanted: Any, place: str) -> Condition:
        """The condition that `{name: wanted}` writes down."""
        path = None if name == HTTP else AnswerPath.of(name, place)
        if isinstance(wanted, dict):
            return cls._tested(path, Fields(wanted, place))
        values = _values(wanted, place)
        if path is None and not all(type(one) is int and 100 <= one <= 599 for one in values):
            raise InvalidInput(f"{place} must be status codes such as 202, not {shown(wanted)}.")
        return cls(path, values)

    @classmethod
    def _tested(cls, path: AnswerPath | None, fields: Fields) -> Condition:
        test: Any = fields.one_of(*_TESTS)
        if test is None or path is None:
            fields.refuse(
                "must be a value, a list of values, {present: true}, {above: 0}, {below: 0} or {all: [done]}."
            )
        than = fields.any(test)
        fields.end()
        if test == "all":
            if path.single:
                fields.refuse(f"has all for {path.text}, which is no path of several items: write [*] in it.")
            return cls(path, _values(than, fields.at(test)), test)
        right = isinstance(than, bool) if test == "present" else isinstance(than, int | float)
        if not right or (test != "present" and isinstance(than, bool)):
            kind = "true or false" if test == "present" else "a number"
            raise InvalidInput(f"{fields.at(test)} must be {kind}, not {shown(than)}.")
        return cls(path, (), test, than)

    def holds(self, status: int, answer: Any) -> bool:
        """Whether it holds for an answer with this *status* code; for a path with "*", whether it does for any item."""
        found = [status] if self.path is None else self.path.values(answer)
        if self.test == "all" and self.path is not None:
            every = len(found) == len(self.path.items(answer))
            return bool(found) and every and all(_among(one, self.values) for one in found)
        if self.test == "present":
            return bool(found) is self.than
        if self.test:
            numbers = [one for one in map(number, found) if one is not None]
            return any(one > self.than if self.test == "above" else one < self.than for one in numbers)
        return any(_among(one, self.values) for one in found)

    def deciding(self, answer: Any) -> Any:
        """The value for which it holds; None if there is none."""
        found = [] if self.path is None else self.path.values(answer)
        return next((one for one in found if not self.values or _among(one, self.values)), None)


class Rule(NamedTuple):
    """The *state* of a job for whose answer all of *when* hold."""

    state: Meaning
    when: tuple[Condition, ...]

    @classmethod
    def of(cls, fields: Fields) -> Rule:
        """The rule that *fields* write down."""
        state, place = fields.text("state"), fields.at("when")
        if state not in MEANINGS:
            raise InvalidInput(f"{fields.at('state')} must be one of {', '.join(MEANINGS)}, not {shown(state)}.")
        when = Fields(fields.any("when"), place)
        fields.end()
        if not fields.value["when"]:
            raise InvalidInput(f"{place} is empty, so it would hold for every answer: name a condition.")
        given = {name: {"present": False} if one is None else one for name, one in fields.value["when"].items()}
        return cls(state, tuple(Condition.of(name, one, when.at(name)) for name, one in given.items()))

    @property
    def codes(self) -> frozenset[int]:
        """The status codes that it names."""
        return frozenset(value for one in self.when if one.path is None for value in one.values)

    def fits(self, status: int, answer: Any) -> bool:
        """Whether all conditions hold."""
        return all(one.holds(status, answer) for one in self.when)

    def raw(self, status: int, answer: Any) -> str:
        """The service's words that decided, for people."""
        values = [status if one.path is None else one.deciding(answer) for one in self.when]
        words = [_word(one) for one in values if isinstance(one, str | int | float)]
        return "/".join(words)[:_LONGEST] or self.state


class StateRules(NamedTuple):
    """
    How the state of a job is read: by the first of *rules* that fits, else by the word at one of *where*.

    words: the meaning of each word; others_live: whether another word means that the job has not ended.
    """

    where: tuple[AnswerPath, ...] = ()
    words: StatusMap = StatusMap()
    others_live: bool = False
    rules: tuple[Rule, ...] = ()

    @property
    def codes(self) -> frozenset[int]:
        """The status codes that rules name."""
        return frozenset().union(*(rule.codes for rule in self.rules))

    def by_code(self, status: int) -> bool:
        """Whether a rule of the status code alone decides: then the body may be anything."""
        return any(rule.codes and len(rule.when) == 1 and status in rule.codes for rule in self.rules)

    @property
    def missing(self) -> str:
        """The raw status of an answer in which no rule fits and no path has a value."""
        return f"nothing at {self.where[0].text}" if self.where else "an answer that fits no rule"

    def word(self, answer: Any) -> str | None:
        """The word at the path of the state; None if there is none."""
        return _plain(first_of(self.where, answer))

    def judge(self, response: httpx.Response, answer: Any) -> tuple[StatusMeaning, str]:
        """The state and the raw status of a job whose status request got *response* with the body *answer*."""
        status = response.status_code
        for rule in self.rules:
            if rule.fits(status, answer):
                return rule.state, rule.raw(status, answer)
        word = self.word(answer)
        return ("unknown", self.missing) if word is None else (self.words.of(word), word)


def state_rules(fields: Fields) -> StateRules:
    """The rules in the fields `state` and `rules` of a declaration; InvalidInput if they name no way to succeed."""
    stated = fields.nested("state", _words)
    listed = fields.any("rules") or []
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise InvalidInput(f"{fields.at('rules')} must be a list, not {shown(listed)}.")
    rules = tuple(Rule.of(Fields(one, f"{fields.at('rules')}[{number}]")) for number, one in enumerate(listed))
    where, words, others = stated or ((), StatusMap(), False)
    if not words.succeeded and not any(rule.state == "succeeded" for rule in rules):
        fields.refuse("names no way to succeed: list words in state.succeeded, or add a rule with state: succeeded.")
    return StateRules(where, words, others, rules)


def _words(fields: Fields) -> tuple[tuple[AnswerPath, ...], StatusMap, bool]:
    where = paths(fields.any("path"), fields.at("path"))
    others = fields.text("others")
    if others not in {None, "live"}:
        raise InvalidInput(f"{fields.at('others')} must be live, or left out, not {shown(others)}.")
    sets: dict[Meaning, frozenset[str]] = {}
    for name in MEANINGS:
        listed = fields.any(name)
        if listed is None:
            continue
        values = listed if isinstance(listed, list | tuple | set | frozenset) else [listed]
        odd = [one for one in values if not isinstance(one, str | int | float) or one == ""]
        if odd:
            raise InvalidInput(f"{fields.at(name)} has {shown(odd[0])}; a state is a word, a number or true and false.")
        sets[name] = frozenset(_word(one) for one in values)
    try:
        return where, StatusMap(**sets), others is not None
    except ValueError as error:
        raise InvalidInput(f"{fields.place}: {error}; keep it in one of them.") from None


def word_at(path: AnswerPath, answer: Any) -> str | None:
    """The word at *path*; None if there is none."""
    return _plain(path.first(answer))


def _plain(found: Any) -> str | None:
    return None if isinstance(found, dict | list) or found is None else _word(found)


def _word(value: object) -> str:
    """A value of JSON as the word that states are compared by: true, not True; 3, not 3.0."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _values(wanted: Any, place: str) -> tuple[Any, ...]:
    """The value or the values that *wanted* is."""
    values = tuple(wanted) if isinstance(wanted, list | tuple) else (wanted,)
    if not values or any(not isinstance(one, str | int | float) for one in values):
        raise InvalidInput(f"{place} must be a value or a list of values, not {shown(wanted)}.")
    return values


def _among(found: object, values: tuple[Any, ...]) -> bool:
    return any(_equal(found, wanted) for wanted in values)


def _equal(found: object, wanted: object) -> bool:
    """Whether *found* is *wanted*, as words are compared: without case; 1 is not true, and 1.0 is 1."""
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    return isinstance(found, str | int | float) and plain_word(_word(found)) == plain_word(_word(wanted))


def number(value: object) -> float | None:
    """A number, also one written as text, as some services do; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return found if abs(found) < float("inf") else None  # and so neither infinite nor NaN
