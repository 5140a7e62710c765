"""The streaming service in a box, with the truth known."""
