"""The configuration file: profiles with addresses, key files and defaults of options."""
