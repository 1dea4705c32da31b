"""PromptForge in the sandbox."""
