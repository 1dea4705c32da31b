"""The transport: pools, one send, deadlines, body limits, redaction, downloads."""
