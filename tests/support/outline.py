"""A page as its elements, for tests that look at what is in it."""

from html.parser import HTMLParser

VOID = frozenset({"meta", "input", "rect", "circle", "path", "use"})


class Outline(HTMLParser):
    """The elements of a page, with their attributes; each must be closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen = [], []
        self.feed(text)
        assert [] == self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert tag == self.open.pop()

    def named(self, tag, name=None):
        """The attributes of the elements *tag*, of those with the class *name* if given."""
        return [attrs for kind, attrs in self.seen if kind == tag and name in {None, *attrs.get("class", "").split()}]
