"""What tests stand on: people, databases, browsers, servers, and ways to look at what is stored."""
