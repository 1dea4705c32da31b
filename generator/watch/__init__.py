"""Watches what vendors publish: fetches their documents, tries them, and says what they change."""
