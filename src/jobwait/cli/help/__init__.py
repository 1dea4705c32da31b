"""The pages that `--help` prints: rows of names and sentences, which no width cuts."""
