"""What runs in the background of the process, each job in a thread of its own."""
