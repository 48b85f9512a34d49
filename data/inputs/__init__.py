"""What people type: made uniform, checked, and refused with a sentence. Pure functions; no database, no screen."""
