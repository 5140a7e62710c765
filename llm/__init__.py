"""Self-descriptions become film ids: titles first, a language model for the rest, never in a request."""
