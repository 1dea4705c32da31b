"""`jobwait track`: `app` has the group and its small commands, the other modules one command each."""
