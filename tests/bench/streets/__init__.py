"""Generated streets at night: several recorders, exact truth, and everything that makes matching sound hard."""
