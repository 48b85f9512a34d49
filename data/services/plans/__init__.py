"""Plans: the catalogue that the operator applies, and the versions of each plan."""
