"""The benchmark of growth: from one job to a million, for the fleet, the tracker and Temporal."""
