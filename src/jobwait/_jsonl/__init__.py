"""JSON Lines of prompts and of their results, as services for batches of prompts take and give them."""
