"""The results of finished jobs: collected, and written to a folder."""
