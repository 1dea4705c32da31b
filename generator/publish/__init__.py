"""Verifies a new generated package and puts it in the place of the old one; the manifest of generated/."""
