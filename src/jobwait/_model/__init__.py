"""Values that all rooms share: types, policy, service, limits."""
