"""Values that all of jobwait shares: types, policy, service, limits."""
