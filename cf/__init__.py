"""Who might like what."""
