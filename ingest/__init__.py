"""The outside world becomes checked rows."""
