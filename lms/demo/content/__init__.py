"""What the demo shows: plain data in Russian, free of Django."""
