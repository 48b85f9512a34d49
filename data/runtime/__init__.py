"""The process itself: settings, data directory, logs, limits, locks. Nothing of the product."""
