"""Watch a call: jobs of any SDK, of which a function of the caller's says how they are."""
