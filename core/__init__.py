"""What every room says: ids, events, money, settings, clocks, errors, opening SQLite."""
