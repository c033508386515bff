"""What bench_screen stands on: a screen, a camera before it, players on it, and a reader of what they showed."""
