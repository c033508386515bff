"""Templates of papers and of court packs: data only, see `annotations.paper`."""
