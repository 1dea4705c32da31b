"""How durations are distributed, as the durations of similar jobs show it."""
