"""What a shell completes: services, and the names of jobs that were submitted lately."""
