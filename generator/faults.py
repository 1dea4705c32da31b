"""The one error that users of the generator see: a sentence, and the places that it speaks of."""

from collections.abc import Iterable


class Fault(Exception):
    """What is wrong, said so that one can mend it."""

    def __init__(self, sentence: str, places: Iterable[str] = ()) -> None:
        self.places = list(places)
        super().__init__("\n  ".join([sentence, *self.places]))
