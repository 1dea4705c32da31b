"""Jobs that are declared as data: read, checked, and made into a Service."""
