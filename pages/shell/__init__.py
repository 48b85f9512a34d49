"""What every screen stands in: who is asking, the frame, what is live, and the words. Knows no screen."""
