"""`make release` and `make check-dist`: distributions with the same bytes each time, judged before there is a tag."""
