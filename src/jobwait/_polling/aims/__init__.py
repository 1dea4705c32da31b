"""What a caller wants polls to be spent for, as intervals."""
