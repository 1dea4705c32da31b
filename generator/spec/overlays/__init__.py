"""Overlays: our corrections to a vendor's document, and what the vendor has published since."""
