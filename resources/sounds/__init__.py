"""The words of the sound test; where they come from is said in README.md."""
