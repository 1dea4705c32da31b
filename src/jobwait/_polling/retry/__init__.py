"""Which failed requests are sent again, and when."""
