"""What bench_sound stands on: a sound server of its own, a recorder on it, clips that can be told by ear, a reader."""
