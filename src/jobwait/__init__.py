"""Wait for the jobs of Freeplay, PromptForge and FRYTE."""
