"""Language models: next-token models with their state in the open."""
