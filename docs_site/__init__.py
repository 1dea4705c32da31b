"""The site of the documentation: its pages out of the repository, its build, and the checks of what was built."""
