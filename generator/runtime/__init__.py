"""What every generated package carries along unchanged: these modules are copied into it."""
