"""HTTP and sockets: the start of the server, and everything that is refused before a screen is built."""
