"""PromptForge, as the sandbox plays it."""
