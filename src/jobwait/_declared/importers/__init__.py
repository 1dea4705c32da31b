"""Makes declarations of what other formats say about polling: Speakeasy's, Smithy's waiters, AEP's operations."""
